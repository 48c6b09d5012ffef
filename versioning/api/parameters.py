"""The parameters of version control that every address of the shop has, for /openapi.json."""

from __future__ import annotations

from typing import Any

BRANCH = {
    "in": "header",
    "name": "Dolt-Branch",
    "schema": {"type": "string", "examples": ["next-season"]},
    "description": "The branch that is read and written, such as next-season; without it main.",
}
BRANCH_IN_QUERY = {
    "in": "query",
    "name": "branch",
    "schema": {"type": "string", "examples": ["next-season"]},
    "description": "The same as Dolt-Branch, which wins if there are both.",
}
AS_OF = {
    "in": "query",
    "name": "as_of",
    "schema": {"type": "string", "examples": ["last-season", "2026-01-31T12:00:00Z"]},
    "description": (
        "Read as it was at this commit, tag, branch or time, such as last-season or "
        "2026-01-31T12:00:00Z (UTC if it names no zone)."
    ),
}
MESSAGE = {
    "in": "header",
    "name": "Dolt-Message",
    "schema": {
        "type": "string",
        "pattern": r"^[\x20-\x7e]*[\x21-\x7e][\x20-\x7e]*$",
        "examples": ["New prices"],
    },
    "description": "The message of the commit, in ASCII; without it the method and the path.",
}
OF_ONE = ("history/", "blame/", "restore/")  # addresses below that of one object
SIGNED = ("/dolt/merge", "/dolt/revert", "/dolt/cherry-pick")


def add_parameters(schema: Any) -> None:
    """Add them to the operations of /openapi.json."""
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            operation["parameters"] += _of(path, method)


def _of(path: str, method: str) -> list[dict[str, Any]]:
    if path in SIGNED:
        return [MESSAGE]
    if not path.startswith(("/customer/", "/product/", "/order/", "/{kind}/")):
        return []
    if method != "get":
        return [BRANCH, BRANCH_IN_QUERY, MESSAGE]
    return [BRANCH, BRANCH_IN_QUERY, *([] if path.endswith(OF_ONE) else [AS_OF])]
