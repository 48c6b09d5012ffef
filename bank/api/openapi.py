"""/openapi.json, with the format of all errors and with examples."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from bank.api.parser import ExactParser
from bank.api.problems import CONTENT_TYPE

PROBLEM = {
    "description": "A problem (RFC 9457)",
    "content": {
        CONTENT_TYPE: {
            "schema": {
                "type": "object",
                "required": ["type", "title", "status", "detail"],
                "properties": {
                    "type": {"type": "string"},
                    "title": {"type": "string"},
                    "status": {"type": "integer"},
                    "detail": {"type": "string"},
                    "errors": {"type": "array", "items": {"type": "object"}},
                },
            },
            "example": {
                "type": "about:blank",
                "title": "Unprocessable Entity",
                "status": 422,
                "detail": "The request is not valid.",
                "errors": [{"pointer": "#/name", "detail": "At most 250 characters."}],
            },
        }
    },
}


class BankAPI(NinjaAPI):
    """NinjaAPI with an exact parser and a problem document as the default response.

    Each of `additions` is called with the schema, each time that it is served.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(parser=ExactParser(), **options)
        self.additions: list[Callable[[OpenAPISchema], None]] = []

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """Return the schema, with a problem as the default response of each operation."""
        schema = super().get_openapi_schema(**options)
        for path in schema["paths"].values():
            for operation in path.values():
                operation["responses"]["default"] = PROBLEM
        for add in self.additions:
            add(schema)
        return schema
