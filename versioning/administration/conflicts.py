"""The admin's page of conflicts: what has to be decided before a merge, as a form that decides."""

from __future__ import annotations

import pydantic
from django.http import HttpRequest, HttpResponse

from versioning.administration.pages import shown
from versioning.api.merges import ResolutionIn, refused, resolution
from versioning.decisions import CHOICES, MOST, choice, chosen, label, place, sent
from versioning.errors import Refused, WrongResolution
from versioning.merge.conflicts import Resolution
from versioning.merge.merging import Heads
from versioning.models import ChangeRequest


def resolutions(request: HttpRequest) -> list[Resolution]:
    """Return what was chosen on the page; raise WrongResolution."""
    numbered = enumerate(chosen(request.POST).items())
    return [resolution(number, _checked(number, at, how)) for number, (at, how) in numbered]


def seen_heads(request: HttpRequest) -> Heads | None:
    """Return the latest commits of both branches when the page was shown; None before it was."""
    into, _, source = request.POST.get("heads", "").partition(":")
    return Heads(into, source) if source else None


def conflicts(request: HttpRequest, row: ChangeRequest, error: Refused) -> HttpResponse:
    """Return a page (409) with what this merge needs a decision on, whose form repeats it.

    The page has the first conflicts only; those that are decided make room for others.
    """
    found = refused(error).members
    undecided = [*found["conflicts"], *found["invariants"]]
    places = set(map(place, undecided))
    decided = chosen(request.POST).items()
    context = {
        "title": f"Conflicts of {row.title}",
        "row": row,
        "count": len(undecided),
        "undecided": [choice(each) for each in undecided[:MOST]],
        "decided": {at: how for at, how in decided if at not in places},
        "violations": [{**each, "label": label(each)} for each in found["violations"][:MOST]],
        "heads": error.heads and ":".join(error.heads),
        "message": request.POST.get("message", ""),
    }
    return shown(request, "versioning/conflicts.html", context, status=409)


def _checked(number: int, at: str, how: dict[str, str]) -> ResolutionIn:
    try:
        return ResolutionIn.model_validate(sent(at, how))
    except pydantic.ValidationError as error:
        raise WrongResolution(number, "take", f"Choose one of {', '.join(CHOICES)}.") from error
