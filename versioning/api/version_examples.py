"""The examples of version control: of a branch, a tag and a change request that exist.

Where there are none, the examples are those that the examples of POST create: begin with POST
/dolt/branches.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError, models

from bank.api.examples import Example, add_examples
from versioning.models import Branch, ChangeRequest, Tag
from versioning.models.mergeable import State
from versioning.signatures import MAIN

HASH, OLDER = "tdb2lqg0k2bhmbg3qd2u6bkjp0v3r0b5", "n1kv5a6mkh5hktgd9dhk5d8q8fssbiv1"
DATE = "2026-01-31T12:00:00.000+00:00"
COMMIT = {"hash": HASH, "author": "ann", "date": DATE, "message": "New prices"}
CHANGE = {
    **{"model": "product", "label": "product", "id": 1, "kind": "changed"},
    "fields": {"price": {"label": "price", "from": "1.20", "to": "1.50"}},
}
REVIEW = {
    **{"reviewer": "bob", "decision": "approve", "text": "The prices are right."},
    **{"commit": HASH, "created": DATE},
}


def add_version_examples(schema: Any) -> None:
    """Add the examples to /openapi.json, after those of the shop."""
    open_requests = ChangeRequest.objects.filter(state=State.OPEN)
    branch = _first(Branch.objects.exclude(name=MAIN), "next-season")
    tag, request = _first(Tag.objects.all(), "last-season"), _first(open_requests, 1)
    [pk, *_] = schema["paths"]["/customer/{pk}/"]["get"]["parameters"]
    one = {"kind": "customer", "pk": pk["example"]}
    examples = _branches(branch) | _commits(branch, tag) | _histories(one)
    add_examples(schema, examples | _requests(branch, request))


def _branches(name: str) -> dict[str, Example]:
    branch = {"name": name, "hash": HASH, "ahead": 1, "behind": 0}
    other = "next-year"
    return {
        "GET /dolt/branches": Example({"after": MAIN}, response=[branch]),
        "POST /dolt/branches": Example(
            body={"name": "next-season", "from": MAIN},
            response={"name": "next-season", "hash": HASH, "ahead": 0, "behind": 0},
        ),
        "GET /dolt/branches/{name}": Example({"name": name}, response=branch),
        "PATCH /dolt/branches/{name}": Example(
            {"name": name}, {"name": other}, {**branch, "name": other}
        ),
        "DELETE /dolt/branches/{name}": Example({"name": name}),
        "GET /dolt/diff": Example({"to": name, "after": "product:1"}, response=[CHANGE]),
        "POST /dolt/merge": Example(
            body={"from": name, "into": MAIN, "message": "The season begins"},
            response={"hash": HASH, "fast_forward": False},
        ),
        "POST /dolt/revert": Example(
            body={"commit": MAIN, "branch": name}, response={"hash": HASH}
        ),
    }


def _commits(branch: str, tag: str) -> dict[str, Example]:
    made = {"name": "last-season", "revision": MAIN, "message": "Before the new prices"}
    shown = {"name": "last-season", "hash": HASH, "message": made["message"], "date": DATE}
    return {
        "GET /dolt/commits": Example(response=[{**COMMIT, "parents": [OLDER]}]),
        "GET /dolt/tags": Example(response=[shown]),
        "POST /dolt/tags": Example(body=made, response=shown),
        "DELETE /dolt/tags/{name}": Example({"name": tag}),
        "POST /dolt/cherry-pick": Example(
            body={"commit": MAIN, "branch": branch}, response={"hash": HASH}
        ),
    }


def _histories(one: dict[str, Any]) -> dict[str, Example]:
    carl = {"id": one["pk"], "name": "Carl"}
    return {
        "GET /{kind}/{pk}/history/": Example(one, response=[{**COMMIT, "document": carl}]),
        "GET /{kind}/{pk}/blame/": Example(one, response={"id": COMMIT, "name": COMMIT}),
        "POST /{kind}/{pk}/restore/": Example(one, {"commit": MAIN}, carl),
    }


def _requests(branch: str, pk: int) -> dict[str, Example]:
    texts = {"title": "Prices of the next season", "description": "All of them are 5 % higher."}
    wanted = {**texts, "source": branch, "target": MAIN}
    shown = {
        **{"id": pk, **wanted, "author": "ann", "created": DATE, "state": "open", "commit": ""},
        **{"head": HASH, "ahead": 1, "behind": 0, "reviews": [REVIEW]},
        **{"mergeable": True, "obstacles": []},
    }
    listed = {name: shown[name] for name in shown if name in {"id", "author", "state", *wanted}}
    # Without tokens every client is the author of all requests, who cannot approve.
    decision = "approve" if settings.API_TOKENS else "comment"
    of_one = {"pk": pk}
    return {
        "GET /dolt/requests": Example({"state": "open", "after": str(pk)}, response=[listed]),
        "POST /dolt/requests": Example(body=wanted, response=shown),
        "GET /dolt/requests/{pk}": Example(of_one, response=shown),
        "POST /dolt/requests/{pk}/reviews": Example(
            of_one, {"decision": decision, "text": "The prices are right."}, REVIEW
        ),
        "POST /dolt/requests/{pk}/merge": Example(
            of_one, {"message": "The season begins"}, {**shown, "state": "merged"}
        ),
        "POST /dolt/requests/{pk}/close": Example(of_one, response={**shown, "state": "closed"}),
    }


def _first(rows: models.QuerySet[Any], otherwise: Any) -> Any:
    """Return the key of the first of these rows, or this one if there is none, or no database."""
    with suppress(DatabaseError, InterfaceError):
        found = rows.order_by("pk").values_list("pk", flat=True).first()
        return otherwise if found is None else found
    return otherwise
