"""Calls that Schemathesis generates from /openapi.json; every response is as documented.

SCHEMATHESIS_EXAMPLES is how many random examples each operation gets, besides those at the edges
of every limit; with 1000 they are more than 10,000 calls.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from typing import Any
from unittest.mock import patch

import pytest
import schemathesis
from django.db import InterfaceError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import Client
from schemathesis.checks import CHECKS
from schemathesis.config import SchemathesisConfig

from myproject import wsgi
from tests.api import Api

EXAMPLES = int(os.environ.get("SCHEMATHESIS_EXAMPLES", "20"))
CONFIG = {
    "seed": 2026,
    "generation": {
        "max-examples": EXAMPLES,
        "deterministic": True,
        "with-security-parameters": False,  # test_auth.py tests them; here no token is required
    },
}
MAY_REFUSE = {"Idempotency-Key", "If-Match", "If-None-Match"}
KINDS = {"customer", "product", "order"}
AGREE = [
    *("not_a_server_error", "status_code_conformance", "content_type_conformance"),
    *("response_headers_conformance", "response_schema_conformance", "negative_data_rejection"),
    *("unsupported_method", "allow_header_conformance"),
]


def in_a_test(environ: Any, start_response: Any) -> list[bytes]:
    """Wrap the application so that it does not close the connection of the test's transaction."""
    with (
        patch.object(wsgi, "close_lost_connections", lambda: None),
        closing(wsgi.application(environ, start_response)) as response,
    ):
        return list(response)


def described() -> Any:
    """Return the schema as it is served while there is no database, which pytest has not made."""
    nothing = patch.object(BaseDatabaseWrapper, "ensure_connection", side_effect=InterfaceError)
    with nothing:
        return schemathesis.openapi.from_wsgi(
            "/openapi.json", in_a_test, config=SchemathesisConfig.from_dict(CONFIG)
        )


# Version control commits: tests/versioning.
schema = described().exclude(path_regex=r"^/(dolt/|\{kind\}/)")


@pytest.fixture(scope="module")
def calls(request: pytest.FixtureRequest) -> Iterator[Counter[int]]:
    """Count the calls by status, and print the counts at the end."""
    counter: Counter[int] = Counter()
    yield counter
    by_status = ", ".join(f"{n} × {status}" for status, n in sorted(counter.items()))
    with request.config.pluginmanager.get_plugin("capturemanager").global_and_fixture_disabled():
        print(f"\nschemathesis: {counter.total()} calls ({by_status})")


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:
    """Give every second call the id of an existing object; a random id never has one."""
    if not case.meta.generation.mode.is_positive:
        return
    api, parameters, body = Api(Client()), case.path_parameters or {}, case.body
    kind = case.operation.path.split("/")[1]
    if kind in KINDS and "pk" in parameters and len(str(parameters["pk"])) % 2 == 0:
        parameters["pk"] = str(existing(api, kind)["id"])
    if "/order/" in case.operation.path and is_order(body) and len(str(body)) % 2 == 0:
        body["customer"]["id"] = existing(api, "customer")["id"]
        for line in body.get("products", ()):
            line["id"] = existing(api, "product")["id"]


@pytest.mark.timeout(180 + 2 * EXAMPLES)
@pytest.mark.django_db
@schema.parametrize()
def test_every_call_is_answered_as_documented(case: Any, calls: Counter[int]) -> None:
    for given in (case.headers, case.query):
        for name in ("Dolt-Branch", "branch", "as_of"):  # tests/versioning
            given.pop(name, None)

    response = case.call()

    calls[response.status_code] += 1
    case.validate_response(response, checks=CHECKS.get_by_names(expected_of(case)))


def expected_of(case: Any) -> list[str]:
    """Expect success for a valid body, for the operations that the schema describes completely.

    It cannot describe which ids and branches exist, nor which headers were sent before.
    """
    body = case.body if isinstance(case.body, dict) else {}
    if is_large_amount(body):
        return [check for check in AGREE if check != "negative_data_rejection"]
    complete = case.method in ("POST", "PUT") and case.operation.path.startswith(("/cust", "/prod"))
    # 5.0 is an integer in JSON Schema, but not in our API.
    complete = complete and not isinstance(body.get("stock"), float)
    if complete and not MAY_REFUSE & case.headers.keys():
        return [*AGREE, "positive_data_acceptance"]
    return AGREE


def existing(api: Api, kind: str) -> Any:
    return next(iter(api.list(f"/{kind}/?limit=1")), None) or api.some(kind)


def is_large_amount(body: dict[str, Any]) -> bool:
    """Whether an amount is above the schema's maximum for numbers, beyond which doubles round."""
    amounts = [body.get("price"), body.get("subtotal")]
    return any(isinstance(amount, int | float) and amount > 10**13 - 1 for amount in amounts)


def is_order(body: Any) -> bool:
    if not isinstance(body, dict) or not isinstance(body.get("customer"), dict):
        return False
    lines = body.get("products", [])
    return isinstance(lines, list) and all(isinstance(line, dict) for line in lines)
