"""/dolt/requests: change requests, their reviews and their merges."""

# Without postponed annotations: django-ninja reads them through the decorators of a view.

from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from ninja import Router

from bank.api.from_model import from_model
from bank.api.ids import PathId, key_in_path
from bank.api.paging import After, Limit, page
from bank.api.responses import json_response
from bank.models import Key
from bank.queries import Document, Page
from versioning.ancestry import distances
from versioning.api.merges import Decisions
from versioning.api.names import Body, NewName
from versioning.models import ChangeRequest, Review
from versioning.signatures import MAIN

REQUEST = ("id", "title", "description", "source", "target", "author", "created", "state", "commit")
REVIEW = ("reviewer", "decision", "text", "commit", "created")

router = Router(tags=["version control"])


@from_model(ChangeRequest, ("title", "description", "source", "target"))
class RequestIn(Body):
    source: NewName
    target: NewName = MAIN


@from_model(Review, ("text",))
class ReviewIn(Body):
    decision: Literal["approve", "request changes", "comment"]
    commit: str = ""


@router.get("/requests", response=list[dict[str, Any]])
def list_requests(
    request: HttpRequest,
    state: Literal["open", "merged", "closed"] | None = None,
    limit: Limit = 100,
    after: After = None,
) -> HttpResponse:
    """The change requests, the oldest first."""
    rows = ChangeRequest.objects.settled().filter(**({"state": state} if state else {}))

    def read(key: Key | None, most: int) -> Page:
        later = rows.filter(pk__gt=key) if key is not None else rows
        found = [_document(row, REQUEST) for row in later.order_by("pk")[: most + 1]]
        more = len(found) > most
        return Page(found[:most], found[most - 1]["id"] if more else None)

    return page(request, read, ChangeRequest, limit, after)


@router.post("/requests", response=dict[str, Any])
def open_request(request: HttpRequest, wanted: RequestIn) -> HttpResponse:
    """Asks for a merge of `source` into `target`. The client that asks cannot approve it."""
    row = ChangeRequest(**dict(wanted), author=_who(request))
    row.open()
    return _one(row)


@router.get("/requests/{pk}", response=dict[str, Any])
def get_request(request: HttpRequest, pk: PathId) -> HttpResponse:
    """A change request with its reviews, and what is in the way of its merge."""
    return _one(_row(pk))


@router.post("/requests/{pk}/reviews", response=dict[str, Any])
def review(request: HttpRequest, pk: PathId, given: ReviewIn) -> HttpResponse:
    """Reviews the source's latest commit, which must be `commit` if that is given."""
    new = _row(pk).review(_who(request), **dict(given))
    return json_response(_document(new, REVIEW))


@router.post("/requests/{pk}/merge", response=dict[str, Any])
def merge(request: HttpRequest, pk: PathId, wanted: Decisions) -> HttpResponse:
    """Merges what others than its author have approved.

    A conflict is a 409 with all conflicts, as of /dolt/merge.
    """
    row, decided = _row(pk), (wanted.decided(), wanted.seen())
    if wanted.dry_run:
        row.try_merge(_who(request), *decided)
    else:
        row.merge(_who(request), wanted.message.strip(), *decided)
    return _one(row)


@router.post("/requests/{pk}/close", response=dict[str, Any])
def close(request: HttpRequest, pk: PathId) -> HttpResponse:
    """Closes it without a merge. The branches stay as they are."""
    row = _row(pk)
    row.close()
    return _one(row)


def _row(pk: str) -> ChangeRequest:
    return get_object_or_404(ChangeRequest.objects.settled(), pk=key_in_path(ChangeRequest, pk))


def _one(row: ChangeRequest) -> HttpResponse:
    head = row.head()
    obstacles = list(map(str, row.obstacles(head)))
    [(ahead, behind)] = distances([head], row.target) if head else [(None, None)]
    return json_response(
        _document(row, REQUEST)
        | {"head": head, "ahead": ahead, "behind": behind}
        | {"reviews": [_document(each, REVIEW) for each in row.reviews.order_by("pk")]}
        | {"mergeable": not obstacles, "obstacles": obstacles}
    )


def _document(row: Any, names: tuple[str, ...]) -> Document:
    return {name: getattr(row, name) for name in names}


def _who(request: Any) -> str:
    """Return the name of the token's client; a user of the pages has the name of the admin."""
    user = getattr(request, "user", None)
    return str(user.get_username() if user and user.is_authenticated else request.auth)
