"""/openapi.json is valid and complete, and /docs loads nothing from other hosts."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import jsonschema_rs
import pytest
from django.test import Client

pytestmark = pytest.mark.django_db  # the examples have ids of rows


def test_the_document_is_openapi_3_1(client: Client) -> None:
    response = client.get("/openapi.json")

    assert (response.status_code, response["Content-Type"]) == (200, "application/json")
    document = response.json()
    assert document["openapi"].startswith("3.1.")
    assert document["info"]["title"] and document["info"]["version"]


def test_every_schema_in_it_is_a_json_schema(client: Client) -> None:
    document = client.get("/openapi.json").json()

    for schema in (*document["components"]["schemas"].values(), *found(document, "schema")):
        jsonschema_rs.Draft202012Validator({**schema, "components": document["components"]})


def test_every_operation_has_a_unique_id_and_a_problem_response(client: Client) -> None:
    paths = client.get("/openapi.json").json()["paths"].values()
    operations = [operation for path in paths for operation in path.values()]

    names = [operation["operationId"] for operation in operations]
    assert len(set(names)) == len(names)
    for operation in operations:
        assert operation["responses"]["default"]["content"].keys() == {"application/problem+json"}


def test_every_address_of_the_api_is_documented(client: Client) -> None:
    paths = client.get("/openapi.json").json()["paths"]

    one, many = {"get", "put", "delete"}, {"get", "post"}
    versioned = ("/dolt/", "/{kind}/")  # tests/versioning
    bank = {path: set(paths[path]) for path in paths if not path.startswith(versioned)}
    assert bank == {
        **{f"/{kind}/": many for kind in ("customer", "product", "order")},
        **{f"/{kind}/{{pk}}/": one for kind in ("customer", "product", "order")},
        **{"/ping/": {"get"}, "/health/": {"get"}},
    }


def test_the_docs_page_loads_nothing_from_other_hosts(client: Client) -> None:
    page = client.get("/docs")
    parser = Links()
    parser.feed(page.content.decode())

    assert (page.status_code, page["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert b"//" not in page.content.replace(b"</", b"")
    assert len(parser.links) >= 3
    for link in parser.links:
        file = client.get(link)
        assert file.status_code == 200, link
        assert file.getvalue()  # to its end, which closes it
    assert b'"/openapi.json"' in page.content


class Links(HTMLParser):
    """Collects the URLs that a browser would load with the page."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links += [value for name, value in attrs if name in ("src", "href") and value]


def found(document: Any, name: str) -> Iterator[Any]:
    """Yield every member with this name, anywhere in the document."""
    if isinstance(document, dict):
        if name in document:
            yield document[name]
        document = list(document.values())
    if isinstance(document, list):
        for part in document:
            yield from found(part, name)
