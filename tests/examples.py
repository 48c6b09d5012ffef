"""Calls the operations of /openapi.json with their examples, as the page /docs does."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote, urlencode

import jsonschema_rs
from django.http import HttpResponse
from django.test import Client


def described(client: Client) -> Any:
    """Return /openapi.json as it is now."""
    return client.get("/openapi.json").json()


def operations(document: Any) -> dict[str, Any]:
    """Return the operations by method and path, in the order of the document."""
    return {
        f"{method.upper()} {path}": operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


def execute(client: Client, document: Any, name: str, **headers: str) -> HttpResponse:
    """Send what "Try it out", "Execute" sends for this operation, "METHOD /path".

    Those are the body's example, and the example or else the default of each parameter.
    """
    operation = operations(document)[name]
    method, address = name.split(" ")
    query = {}
    for parameter in operation["parameters"]:
        value = parameter.get("example", parameter["schema"].get("default"))
        match parameter["in"]:
            case "path":
                address = address.replace(f"{{{parameter['name']}}}", quote(str(value), safe=""))
            case "query" if value is not None:
                query[parameter["name"]] = json.dumps(value) if value is False else value
            case "header":
                assert value is None, f"{name} fills in {parameter['name']}"
    body = example_of(operation["requestBody"]) if "requestBody" in operation else None
    text = "" if body is None else json.dumps(body)
    path = f"{address}?{urlencode(query)}" if query else address
    return client.generic(method, path, text, "application/json", headers=headers)


def example_of(message: Any) -> Any:
    """Return the example of a request or a response."""
    return next(iter(message["content"].values()))["example"]


def fits(document: Any, schema: Any, value: Any) -> bool:
    """Return whether the value is what this schema of the document describes."""
    whole = {**schema, "components": document["components"]}
    return bool(jsonschema_rs.Draft202012Validator(whole).is_valid(value))
