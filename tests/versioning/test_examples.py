"""Each operation of version control succeeds with its example, after POST /dolt/branches."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings

from tests.examples import described, execute, operations
from versioning.models import Branch

# The examples name what exists, so the document is loaded before each call. BOB approves what ANN
# asks for.
ANN, BOB = "of-ann", "of-bob"
STORY = [
    *(
        (ANN, "POST /dolt/branches"),
        (ANN, "GET /dolt/branches"),
        (ANN, "GET /dolt/branches/{name}"),
    ),
    *((ANN, "POST /dolt/tags"), (ANN, "GET /dolt/tags"), (ANN, "GET /dolt/commits")),
    *((ANN, "POST /dolt/revert"), (ANN, "GET /dolt/diff")),
    *((ANN, "POST /dolt/requests"), (BOB, "POST /dolt/requests/{pk}/close")),
    *((ANN, "POST /dolt/requests"), (BOB, "GET /dolt/requests"), (BOB, "GET /dolt/requests/{pk}")),
    *((BOB, "POST /dolt/requests/{pk}/reviews"), (BOB, "POST /dolt/requests/{pk}/merge")),
    *((ANN, "PUT /customer/{pk}/"), (ANN, "GET /{kind}/{pk}/history/")),
    *((ANN, "GET /{kind}/{pk}/blame/"), (ANN, "POST /{kind}/{pk}/restore/")),
    *((ANN, "POST /dolt/cherry-pick"), (ANN, "POST /dolt/merge")),
    *((ANN, "PATCH /dolt/branches/{name}"), (ANN, "DELETE /dolt/branches/{name}")),
    (ANN, "DELETE /dolt/tags/{name}"),
]


@pytest.fixture
def demo(client: Client, settings: Settings) -> Client:
    """Return a client of a bank with demo data, which needs the token of ann or bob."""
    call_command("bank_demo")
    settings.API_TOKENS = {ANN: "ann", BOB: "bob"}
    return client


def test_every_operation_of_version_control_succeeds_with_its_example(demo: Client) -> None:
    statuses, documented = {}, set()
    for token, name in STORY:
        authorized = {"Authorization": f"Bearer {token}"}
        document = demo.get("/openapi.json", headers=authorized).json()
        documented |= {
            name for name in operations(document) if "/dolt/" in name or "{kind}" in name
        }
        answer = execute(demo, document, name, **authorized)
        statuses[name] = answer.status_code, answer.content

    for name, (status, content) in statuses.items():
        assert status == (204 if name.startswith("DELETE") else 200), (name, content)
    assert documented <= statuses.keys()


def test_the_addresses_of_the_shop_have_the_parameters_of_version_control(client: Client) -> None:
    found = {
        name: {parameter["name"] for parameter in operation["parameters"]}
        for name, operation in operations(described(client)).items()
    }
    shop = [name for name in found if name.split("/")[1] in ("customer", "product", "order")]

    assert len(shop) == 15
    for name in shop:
        reads = name.startswith("GET")
        assert found[name] >= {"Dolt-Branch", "branch", "as_of" if reads else "Dolt-Message"}
        assert not found[name] & {"Dolt-Message" if reads else "as_of"}
    assert found["GET /{kind}/{pk}/history/"] == {
        *("kind", "pk", "limit", "skip", "Dolt-Branch", "branch"),
    }


def test_the_parameters_of_version_control_do_what_their_examples_say(client: Client) -> None:
    call_command("bank_demo")
    document = described(client)
    for name in ("POST /dolt/branches", "POST /dolt/tags"):
        assert execute(client, document, name).status_code == 200
    parameters = operations(document)["GET /customer/"]["parameters"]
    examples = {each["name"]: each["schema"].get("examples", [None])[0] for each in parameters}

    by_header = client.get("/customer/", headers={"Dolt-Branch": examples["Dolt-Branch"]})
    by_query = client.get(f"/customer/?branch={examples['branch']}")
    past = client.get(f"/customer/?as_of={examples['as_of']}")

    assert by_header["Dolt-Branch"] == by_query["Dolt-Branch"] == "next-season"
    assert past["Dolt-Commit"] == Branch.objects.get(name="next-season").hash
    assert by_header.json() == by_query.json() == past.json()
