"""/openapi.json, with the format of all errors."""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import HttpRequest
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.parser import Parser

from bank.api.problems import CONTENT_TYPE, Problem

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
            }
        }
    },
}


class ExactParser(Parser):
    """Parses a body as UTF-8 JSON, whatever its Content-Type, and numbers as exact decimals."""

    def parse_body(self, request: HttpRequest) -> Any:
        try:
            return json.loads(request.body.decode(), parse_float=_exact, parse_constant=_refuse)
        except (ValueError, RecursionError) as error:
            raise Problem(400, f"The body is not JSON: {error}") from error


class BankAPI(NinjaAPI):
    """NinjaAPI with an exact parser and a problem document as the default response."""

    def __init__(self, **options: Any) -> None:
        super().__init__(parser=ExactParser(), **options)

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """Return the schema, with a problem as the default response of each operation."""
        schema = super().get_openapi_schema(**options)
        for path in schema["paths"].values():
            for operation in path.values():
                operation["responses"]["default"] = PROBLEM
        return schema


def _exact(number: str) -> Decimal:
    try:
        return Decimal(number)
    except InvalidOperation as error:
        raise ValueError(f"{number} is beyond all bounds") from error


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not a JSON value")
