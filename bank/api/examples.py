"""Puts an example of each operation into /openapi.json.

The page /docs fills in the example of a body and of a required parameter: "Try it out", "Execute"
sends them. The example of an optional parameter is only shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class Example(NamedTuple):
    """What an operation is sent, and what it answers."""

    parameters: Mapping[str, Any] = {}
    body: Any = None
    response: Any = None


def add_examples(schema: Any, examples: Mapping[str, Example]) -> None:
    """Add examples, by method and path, to the operations, and to the schemas of their bodies."""
    schemas = schema["components"]["schemas"]
    for name, example in examples.items():
        method, path = name.split(" ")
        operation = schema["paths"][path][method.lower()]
        for parameter in operation["parameters"]:
            _add_to_parameter(parameter, example.parameters)
        if example.body is not None:
            _add_to_content(operation["requestBody"], example.body, schemas)
        if example.response is not None:
            _add_to_content(operation["responses"][200], example.response, schemas)


def _add_to_parameter(parameter: Any, values: Mapping[str, Any]) -> None:
    # django-ninja copies the list of a schema's examples to where OpenAPI has an object.
    parameter.pop("examples", None)
    if (value := values.get(parameter["name"])) is None:
        return
    if parameter.get("required"):
        parameter["example"] = value
    else:
        parameter["schema"] = {**parameter["schema"], "examples": [value]}


def _add_to_content(message: Any, example: Any, schemas: Any) -> None:
    content = next(iter(message["content"].values()))
    content["example"] = example
    _add_to_schemas(content["schema"], example, schemas)


def _add_to_schemas(part: Any, example: Any, schemas: Any) -> None:
    """Give each schema that this part of a schema names its part of the example."""
    if "items" in part:
        for each in example[:1]:
            _add_to_schemas(part["items"], each, schemas)
    if "$ref" in part:
        named = schemas[part["$ref"].rpartition("/")[2]]
        named.setdefault("examples", [example])
        for name in named["properties"].keys() & example.keys():
            _add_to_schemas(named["properties"][name], example[name], schemas)
