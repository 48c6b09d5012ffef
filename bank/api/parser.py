"""Parses the bodies of requests: exact JSON, or a 400 that says where it is none."""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import HttpRequest
from ninja.parser import Parser

from bank.api.problems import Problem


class ExactParser(Parser):
    """Parses a body as UTF-8 JSON, whatever its Content-Type, and numbers as exact decimals."""

    def parse_body(self, request: HttpRequest) -> Any:
        try:
            return json.loads(request.body.decode(), parse_float=_exact, parse_constant=_refuse)
        except (ValueError, RecursionError) as error:
            raise _not_json(_reason(error)) from error


def _not_json(reason: str) -> Problem:
    return Problem(400, f"The body is not JSON: {reason}.")


def _reason(error: Exception) -> str:
    match error:
        case json.JSONDecodeError(msg=message, lineno=line, colno=column):
            return f"{message[0].lower()}{message[1:]}, line {line}, column {column}"
        case UnicodeDecodeError(start=start):
            return f"byte {start + 1} is not UTF-8"
        case RecursionError():
            return "it is nested too deeply"
    return "a number has too many digits"  # int() allows 4300


def _exact(number: str) -> Decimal:
    try:
        return Decimal(number)
    except InvalidOperation as error:
        raise _not_json("a number is beyond all bounds") from error


def _refuse(constant: str) -> None:
    raise _not_json(f"{constant} is not a JSON value")
