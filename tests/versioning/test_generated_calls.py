"""Calls of version control that Schemathesis generates; see tests/test_generated_calls.py."""

from __future__ import annotations

from typing import Any

import pytest
from schemathesis.checks import CHECKS

from tests.test_generated_calls import EXAMPLES, described
from versioning.models import Branch, Status

# A body may be refused for what no schema can say: which branches and commits exist.
AGREE = [
    *("not_a_server_error", "status_code_conformance", "content_type_conformance"),
    *("response_headers_conformance", "response_schema_conformance"),
    *("unsupported_method", "allow_header_conformance"),
]
schema = described().include(path_regex=r"^/(dolt/|\{kind\}/|customer/)")


@pytest.mark.timeout(180 + 4 * EXAMPLES)
@schema.parametrize()
def test_every_call_is_answered_as_documented(case: Any) -> None:
    response = case.call()

    case.validate_response(response, checks=CHECKS.get_by_names(expected_of(case)))
    assert Branch.active_branch().name == "main"
    assert not Status.objects.exists()


def expected_of(case: Any) -> list[str]:
    """An unknown branch is a 404 for any method."""
    named = "Dolt-Branch" in case.headers or "branch" in case.query
    return [check for check in AGREE if not (named and check == "unsupported_method")]
