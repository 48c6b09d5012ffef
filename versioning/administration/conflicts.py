"""The admin's page of conflicts: what has to be decided before a merge, as a form that decides."""

from __future__ import annotations

import pydantic
from django.http import HttpRequest, HttpResponse

from versioning.administration.pages import shown
from versioning.api.merges import ResolutionIn, refused, resolution
from versioning.decisions import CHOICES, choice, chosen, label, sent
from versioning.errors import Refused, WrongResolution
from versioning.merge.conflicts import Resolution
from versioning.merge.merging import Heads


def resolutions(request: HttpRequest) -> list[Resolution]:
    """Return what was chosen on the page; raise WrongResolution."""
    numbered = enumerate(chosen(request.POST).items())
    return [resolution(number, _checked(number, place, how)) for number, (place, how) in numbered]


def seen_heads(request: HttpRequest) -> Heads | None:
    """Return the latest commits of both branches when the page was shown; None before it was."""
    into, _, source = request.POST.get("heads", "").partition(":")
    return Heads(into, source) if source else None


def conflicts(request: HttpRequest, title: str, error: Refused) -> HttpResponse:
    """Return a page (409) with all that this merge needs a decision on, whose form repeats it."""
    found = refused(error).members
    undecided = [choice(each) for name in ("conflicts", "invariants") for each in found[name]]
    places = {each["place"] for each in undecided}
    decided = chosen(request.POST).items()
    context = {
        "title": title,
        "undecided": undecided,
        "decided": {place: how for place, how in decided if place not in places},
        "violations": [{**each, "label": label(each)} for each in found["violations"]],
        "heads": error.heads and ":".join(error.heads),
        "message": request.POST.get("message", ""),
    }
    return shown(request, "versioning/conflicts.html", context, status=409)


def _checked(number: int, place: str, how: dict[str, str]) -> ResolutionIn:
    try:
        return ResolutionIn.model_validate(sent(place, how))
    except pydantic.ValidationError as error:
        raise WrongResolution(number, "take", f"Choose one of {', '.join(CHOICES)}.") from error
