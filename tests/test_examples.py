"""The examples in /openapi.json are valid, and each operation succeeds with them on demo data."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command
from django.db import InterfaceError, connection
from django.test import Client

from tests.api import Api
from tests.examples import described, example_of, execute, fits, operations

KINDS = ("customer", "product", "order")
MANY = [f"{method} /{kind}/" for kind in KINDS for method in ("GET", "POST")]
ONE = [f"{method} /{kind}/{{pk}}/" for kind in KINDS for method in ("GET", "PUT", "DELETE")]
ALL = [*MANY, *ONE, "GET /ping/", "GET /health/"]


@pytest.fixture
def demo(client: Client, db: None) -> Client:
    """Return a client of a bank with demo data."""
    call_command("bank_demo")
    return client


@pytest.mark.parametrize("order", [ALL, ALL[::-1]], ids=["forwards", "backwards"])
def test_every_operation_succeeds_with_its_example(demo: Client, order: list[str]) -> None:
    document = described(demo)

    answers = {name: execute(demo, document, name) for name in order}

    for name, answer in answers.items():
        assert answer.status_code == (204 if name.startswith("DELETE") else 200), name
    for name in {*MANY, *ONE}.difference(f"DELETE /{kind}/{{pk}}/" for kind in KINDS):
        shown = example_of(operations(document)[name]["responses"]["200"])
        assert names_in(answers[name].json()) == names_in(shown), name


def test_each_operation_and_each_schema_has_valid_examples(demo: Client) -> None:
    document = described(demo)

    for name, operation in operations(document).items():
        for parameter in operation["parameters"]:
            assert has_valid_example(document, parameter), (name, parameter)
        for message in (operation.get("requestBody"), operation["responses"].get("200")):
            if message:
                [content, *_] = message["content"].values()
                assert fits(document, content["schema"], content["example"]), name
    for name, schema in document["components"]["schemas"].items():
        assert schema["examples"], name
        assert all(fits(document, schema, each) for each in schema["examples"]), name


def test_the_examples_are_what_a_person_would_write(client: Client, db: None) -> None:
    found = operations(described(client))
    order = example_of(found["POST /order/"]["requestBody"])
    ticket = {"name": "Ticket", "price": "19.90", "stock": 100}

    assert example_of(found["POST /customer/"]["requestBody"]) == {"name": "Carl"}
    assert example_of(found["POST /product/"]["requestBody"]) == ticket
    assert [line["quantity"] for line in order["products"]] == [2]


def test_the_schemas_have_the_type_of_the_ids_of_this_backend(api: Api) -> None:
    schema = described(api.client)["components"]["schemas"]["CustomerOut"]["properties"]["id"]
    types = {int: "integer", str: "string"}

    assert schema["type"] == types[type(api.customer()["id"])]


def test_without_a_database_the_examples_have_other_ids(demo: Client) -> None:
    def fail(*statement: Any) -> Any:
        raise InterfaceError

    with connection.execute_wrapper(fail):
        document = described(demo)

    for name in ONE:
        [pk, *_] = operations(document)[name]["parameters"]
        assert has_valid_example(document, pk), name


def has_valid_example(document: Any, parameter: Any) -> bool:
    """Whether it has one where the page /docs fills it in only if the parameter is required.

    A default, which it fills in too, needs no example.
    """
    schema = parameter["schema"]
    if parameter.get("required"):
        return fits(document, schema, parameter["example"])
    shown = schema.get("examples") or [schema["default"]]
    return all(fits(document, schema, each) for each in shown) and not {
        "example",
        "examples",
    }.intersection(parameter)


def names_in(document: Any) -> Any:
    """Return the document with the names of its members only, and of one element of a list."""
    if isinstance(document, list):
        return names_in(document[0])
    if isinstance(document, dict):
        return {name: names_in(value) for name, value in document.items()}
    return None
