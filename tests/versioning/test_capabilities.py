"""What each engine can do: rows of the matrix. "emulated" is what this application adds to it."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client

from tests.api import Api, problem
from tests.guarantees.cells import Observe
from tests.orm.observed import support
from versioning.models import Branch, Commit, Tag

SERVER = settings.BACKEND == "dolt"


@pytest.fixture
def api(client: Client) -> Api:
    return Api(client)


def price(api: Api, product: dict, price: str, branch: str = "main") -> str:
    """Change the price on a branch; return the commit."""
    path = f"/product/{product['id']}/"
    response = api.put(path, {**product, "price": price}, **{"Dolt-Branch": branch})
    assert response.status_code == 200, response.content
    return response["Dolt-Commit"]


@pytest.mark.feature("version control", "a commit per transaction")
def test_a_transaction_is_a_commit(api: Api, observe: Observe) -> None:
    made = api.post("/customer/", {"name": "Ann"})["Dolt-Commit"]

    assert made == Commit.latest().pk
    observe(support(native=True))


@pytest.mark.feature("version control", "a branch per request")
def test_a_request_has_a_branch(api: Api, other: Branch, observe: Observe) -> None:
    api.post("/customer/", {"name": "Ann"}, **{"Dolt-Branch": "other"})

    assert [len(api.list(f"/customer/?branch={name}")) for name in ("main", "other")] == [0, 1]
    observe(support(native=True))


@pytest.mark.feature("version control", "a merge cell by cell")
def test_two_columns_of_a_row_are_merged(api: Api, observe: Observe) -> None:
    pen = api.product(price="1.00")
    Branch(name="season").save()

    price(api, pen, "2.00", "season")
    api.put(f"/product/{pen['id']}/", {**pen, "name": "Quill"})
    merged = api.client.post("/dolt/merge", {"from": "season"}, "application/json")

    assert merged.status_code == 200
    assert api.list("/product/") == [{**pen, "name": "Quill", "price": "2.00"}]
    observe(support(native=True))


@pytest.mark.feature("version control", "the sum of both changes of a number")
def test_a_conflict_has_a_sum(api: Api, observe: Observe) -> None:
    customer, pen = api.customer(), api.product(stock=10)
    Branch(name="season").save()

    for branch, quantity in (("season", 2), ("main", 3)):
        order = {"customer": customer, "products": [{**pen, "quantity": quantity}]}
        assert api.post("/order/", order, **{"Dolt-Branch": branch}).status_code == 200
    total = {"model": "product", "id": pen["id"], "field": "stock", "take": "sum"}
    body = {"from": "season", "resolutions": [total]}
    merged = api.client.post("/dolt/merge", body, "application/json")

    assert merged.status_code == 200, merged.content
    assert api.stock(pen) == 5
    observe(support(native=False))


@pytest.mark.feature("version control", "a preview of a merge")
def test_a_merge_is_previewed(api: Api, observe: Observe) -> None:
    pen = api.product(price="1.00")
    Branch(name="season").save()
    price(api, pen, "2.00", "season")
    latest = price(api, pen, "3.00")

    body = {"from": "season", "dry_run": True}
    preview = api.client.post("/dolt/merge", body, "application/json")

    assert problem(preview, 409)
    assert Commit.latest().pk == latest
    observe(support(native=False))


@pytest.mark.feature("version control", "reads as of a commit or a tag")
def test_the_data_is_read_as_of_a_commit(api: Api, observe: Observe) -> None:
    pen = api.product(price="1.00")
    Tag(tag_name="v1").save()
    before = Commit.latest().pk
    price(api, pen, "2.00")

    found = [api.list(f"/product/?as_of={revision}") for revision in ("v1", before)]

    assert found == [[pen], [pen]]
    observe(support(native=SERVER))


@pytest.mark.feature("version control", "reads as of a moment, to 0.1 s")
def test_the_data_is_read_as_of_a_moment(api: Api, observe: Observe) -> None:
    pen = api.product(price="1.00")
    time.sleep(1 - time.time() % 1)  # so that the next two commits are of one second
    price(api, pen, "2.00")
    time.sleep(0.1)
    later = price(api, pen, "3.00")
    moment = Commit.objects.get(pk=later).date - timedelta(milliseconds=50)

    found = api.client.get("/product/", {"as_of": moment.isoformat()}).json()

    assert [product["price"] for product in found] == ["2.00"]
    observe(support(native=SERVER))


@pytest.mark.feature("version control", "history and blame of a row")
def test_an_object_has_a_history(api: Api, observe: Observe) -> None:
    pen = api.product(price="1.00")
    changed = price(api, pen, "2.00")

    history = api.list(f"/product/{pen['id']}/history/")
    blame = api.list(f"/product/{pen['id']}/blame/")

    assert [version["document"]["price"] for version in history[:2]] == ["2.00", "1.00"]
    assert blame["price"]["hash"] == changed
    observe(support(native=True))


@pytest.mark.feature("version control", "a difference as SQL statements")
def test_a_difference_is_a_patch(api: Api, observe: Observe) -> None:
    pen = api.product(price="1.00")
    Branch(name="season").save()
    price(api, pen, "2.00", "season")

    sql = {"Accept": "application/sql"}
    patch = api.client.get("/dolt/diff?to=season", headers=sql).content.decode()

    assert patch.startswith("UPDATE ")
    assert "2.00" in patch
    observe(support(native=False))


@pytest.mark.feature("version control", "a revert of one commit")
def test_a_commit_is_reverted(api: Api, observe: Observe) -> None:
    pen = api.product(price="1.00")
    wrong = price(api, pen, "2.00")
    api.customer()

    reverted = api.client.post("/dolt/revert", {"commit": wrong}, "application/json")

    assert reverted.status_code == 200
    assert api.list("/product/") == [pen]
    observe(support(native=False))
