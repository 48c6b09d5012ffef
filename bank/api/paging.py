"""Lists in pages: at most `limit` documents, and a Link (RFC 8288) to the next page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any
from urllib.parse import urlencode

from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from ninja import Query

from bank.api.ids import key_of
from bank.api.problems import Problem
from bank.api.responses import json_response
from bank.models import Key
from bank.queries import Page

Limit = Annotated[
    int, Query(ge=1, le=1000, examples=[20], description="At most so many; Link names the next.")
]
After = Annotated[str | None, Query(description="The id after which the page begins.")]


def page(
    request: HttpRequest,
    read: Callable[[Key | None, int], Page],
    model: type[Model],
    limit: int,
    after: str | None,
) -> HttpResponse:
    """Return a page of at most `limit` documents, with a Link to the next page if there is one.

    The Link keeps the other parameters of the request.

    Raises a 422 if `after` is not an id of this model.
    """
    documents, next_after = read(None if after is None else _after(model, after), limit)
    response = json_response(documents)
    if next_after is not None:
        response["Link"] = next_page(request, limit=limit, after=next_after)
    return response


def next_page(request: HttpRequest, **parameters: Any) -> str:
    """Return the Link to the same address with these parameters, and the others as they are."""
    query = urlencode({**request.GET.dict(), **parameters})
    return f'<{request.path}?{query}>; rel="next"'


def _after(model: type[Model], raw: str) -> Key:
    try:
        return key_of(model, raw)
    except ValueError as error:
        wrong = [{"parameter": "after", "detail": str(error)}]
        raise Problem(422, "The request is not valid.", errors=wrong) from error
