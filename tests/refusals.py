"""Sends wrong values to an operation of /openapi.json, and returns what it says of them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any
from urllib.parse import quote

from django.test import Client

from tests.examples import example_of

WRONG = [
    *(None, True, 5, -1, 2.5, 10**20, "", " ", "\0", "\ud800", "-", "٧", 20_001 * "x"),
    *([], [5], {}, {"id": [5]}),
]
# Words of pydantic, Python and regular expressions; and the sentence for what has none of its own.
NOT_FOR_PEOPLE = re.compile(
    r"should|[Ii]nput|pattern|\^|\\x|literal|instance|dictionary|[Ee]rror|char \d|codec|recursion"
    r"|\bNone\b|\bTrue\b|\bFalse\b|=True|atomic|This value is not valid"
)


def not_for_people(said: set[str]) -> list[str]:
    """Return those that use such words, but in a value that they quote."""
    return [text for text in said if NOT_FOR_PEOPLE.search(re.sub(r"(?<!\w)'[^']*'", "", text))]


def wrong_bodies(operation: Any) -> Iterator[Any]:
    """Yield the example of the body with a wrong value at each place, or without that member."""
    body = example_of(operation["requestBody"])
    for *path, name in _places(body):
        for value in WRONG:
            yield _changed(body, path, lambda part, n=name, v=value: part.__setitem__(n, v))
        yield _changed(body, path, lambda part, n=name: part.pop(n))


def said_of_bodies(client: Client, path: str, bodies: Iterator[Any]) -> set[str]:
    """Send each of these bodies; return the details of all problems, of the members too."""
    answers = (client.post(path, json.dumps(body), "application/json") for body in bodies)
    return {detail for answer in answers for detail in details(answer)}


def said_of_parameters(client: Client, path: str, parameters: list[Any]) -> set[str]:
    """Send wrong values of each of these parameters in the query, or in the headers."""
    said: set[str] = set()
    for parameter in parameters:
        for value in ("", " ", "x", "-1", "1.5", "9" * 30, "\0", "٧"):
            if parameter["in"] == "query":
                said |= details(client.get(f"{path}?{parameter['name']}={quote(value)}"))
            elif parameter["in"] == "header":
                headers = {parameter["name"]: value}
                said |= details(client.get(path, headers=headers))
                said |= details(client.post(path, "{}", "application/json", headers=headers))
    return said


def details(answer: Any) -> set[str]:
    """Return what a problem says, of the members too; nothing of another answer."""
    assert answer.status_code < 500, answer.content
    if answer["Content-Type"] != "application/problem+json":
        return set()
    document = answer.json()
    if document["status"] == 422 and "errors" in document:
        places = [{*error} & {"pointer", "parameter", "header"} for error in document["errors"]]
        assert all(len(place) == 1 for place in places), document
    return {document["detail"], *(error["detail"] for error in document.get("errors", []))}


def _places(body: Any) -> Iterator[list[Any]]:
    """Yield the path of each value in a JSON document."""
    parts = body.items() if isinstance(body, dict) else enumerate(body)
    for name, value in parts:
        yield [name]
        if isinstance(value, dict | list):
            for path in _places(value):
                yield [name, *path]


def _changed(body: Any, path: list[Any], change: Any) -> Any:
    changed = part = deepcopy(body)
    for name in path:
        part = part[name]
    change(part)
    return changed
