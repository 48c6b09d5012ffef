"""/dolt/revert and /dolt/cherry-pick: undo a commit, or repeat it on another branch."""

# Without postponed annotations: django-ninja reads them through the decorators of a view.

from django.http import HttpRequest, HttpResponse
from ninja import Router

from bank.api.from_model import Output
from bank.api.responses import json_response
from versioning.api.names import Body, Name
from versioning.headers import given_message, signature
from versioning.merge import reverting
from versioning.signatures import MAIN

router = Router(tags=["version control"])


class CommitIn(Body):
    commit: Name
    branch: Name = MAIN


class CommitOut(Output):
    hash: str


@router.post("/revert", response=CommitOut)
def revert(request: HttpRequest, body: CommitIn) -> HttpResponse:
    """Refused with 409 if later commits changed the same values; then nothing is changed."""
    message = given_message(request)
    author = signature(request).author
    return json_response({"hash": reverting.revert(body.commit, body.branch, author, message)})


@router.post("/cherry-pick", response=CommitOut)
def cherry_pick(request: HttpRequest, body: CommitIn) -> HttpResponse:
    """Refused with 409 if the branch has other values than the commit began with."""
    message = given_message(request)
    author = signature(request).author
    return json_response({"hash": reverting.cherry_pick(body.commit, body.branch, author, message)})
