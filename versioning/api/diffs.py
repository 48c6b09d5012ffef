"""/dolt/diff: what differs between two branches, tags or commits."""

# Without postponed annotations: django-ninja reads them through the decorators of a view.

from typing import Annotated, Literal
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from ninja import Query, Router

from bank.api.ids import key_of
from bank.api.paging import Limit
from bank.api.problems import Problem
from bank.api.responses import json_response
from versioning.diffs import merge_base, page
from versioning.patches import patch
from versioning.revisions import commit_of
from versioning.rows import MODELS
from versioning.signatures import MAIN

router = Router(tags=["version control"])
SQL = "application/sql"
ANSWERS = {
    "application/json": {"schema": {"type": "array", "items": {"type": "object"}}},
    SQL: {"schema": {"type": "string"}},
}
Old = Annotated[str, Query(alias="from", description="A branch, a tag, a commit or a time.")]
New = Annotated[str, Query(alias="to", description="A branch, a tag, a commit or a time.")]
Dots = Annotated[
    Literal["2", "3"], Query(description="3: since both had a common commit; 2: as they are now.")
]
After = Annotated[str | None, Query(description="The model:id after which the page begins.")]


@router.get("/diff", openapi_extra={"responses": {200: {"content": ANSWERS}}})
def diff(
    request: HttpRequest,
    new: New,
    old: Old = MAIN,
    dots: Dots = "3",
    limit: Limit = 100,
    after: After = None,
) -> HttpResponse:
    """The changed rows with their changed fields. `Accept: application/sql`: a patch."""
    first, last = commit_of(old), commit_of(new)
    if dots == "3":
        first = merge_base(first, last)
    if request.get_preferred_type(["application/json", SQL]) == SQL:
        response = HttpResponse(patch(first, last), content_type=f"{SQL}; charset=utf-8")
    else:
        documents, following = page(first, last, _after(after), limit)
        response = json_response(documents)
        if following:
            names = {"from": first, "to": last, "dots": 2, "limit": limit, "after": following}
            response["Link"] = f'<{request.path}?{urlencode(names)}>; rel="next"'
    patch_vary_headers(response, ["Accept"])
    return response


def _after(raw: str | None) -> tuple[str, int] | None:
    if raw is None:
        return None
    name, _, key = raw.partition(":")
    try:
        return name, key_of(MODELS[name], key)
    except (KeyError, ValueError) as error:
        wrong = [{"parameter": "after", "detail": "It is the model:id of a change."}]
        raise Problem(422, "The request is not valid.", errors=wrong) from error
