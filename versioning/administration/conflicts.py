"""The admin's page of conflicts: what has to be decided before a merge, as a form that decides."""

from __future__ import annotations

from typing import Any

import pydantic
from django.db import models
from django.http import HttpRequest, HttpResponse

from versioning.administration.pages import shown
from versioning.api.merges import ResolutionIn, refused, resolution
from versioning.conflicts import LINES, Resolution
from versioning.errors import Refused, WrongResolution
from versioning.rows import MODELS, Model

CHOICES = {"ours": "keep ours", "theirs": "take theirs", "sum": "add both changes"}
TAKE = "take:"  # then model:id:field, the name of a choice


def resolutions(request: HttpRequest) -> list[Resolution]:
    """Return what was chosen on the page; raise WrongResolution."""
    return [
        resolution(number, _sent(number, name, take))
        for number, (name, take) in enumerate(_chosen(request).items())
    ]


def conflicts(request: HttpRequest, title: str, error: Refused) -> HttpResponse:
    """Return a page (409) with all that this merge needs a decision on, whose form repeats it."""
    found = refused(error).members
    undecided = [_choice(each) for name in ("conflicts", "invariants") for each in found[name]]
    names = {choice["name"] for choice in undecided}
    decided = {name: take for name, take in _chosen(request).items() if name not in names}
    context = {
        "title": title,
        "undecided": undecided,
        "decided": decided,
        "violations": [{**each, "label": _label(each)} for each in found["violations"]],
        "message": request.POST.get("message", ""),
    }
    return shown(request, "versioning/conflicts.html", context, status=409)


def _chosen(request: HttpRequest) -> dict[str, str]:
    sent = {name: str(take) for name, take in request.POST.items() if name.startswith(TAKE)}
    return {name: take for name, take in sent.items() if take}


def _sent(number: int, name: str, take: str) -> ResolutionIn:
    model, _, place = name.removeprefix(TAKE).partition(":")
    key, _, field = place.partition(":")
    sent = {"model": model, "id": key, "field": field or None, "take": take}
    try:
        return ResolutionIn.model_validate(sent)
    except pydantic.ValidationError as error:
        raise WrongResolution(number, "take", f"Choose one of {', '.join(CHOICES)}.") from error


def _choice(found: dict[str, Any]) -> dict[str, Any]:
    name = f"{TAKE}{found['model']}:{found['id']}:{found['field'] or ''}"
    choices = dict(CHOICES)
    if not _is_number(MODELS[found["model"]], found["field"]):
        del choices["sum"]
    return found | {"name": name, "label": _label(found), "choices": choices}


def _label(found: dict[str, Any]) -> str:
    """Return the words for a row, or for a field of it: "product 3: price"."""
    meta, name = MODELS[found["model"]]._meta, found.get("field")
    row = f"{meta.verbose_name} {found['id']}"
    if not name:
        return row
    field: Any = None if name == LINES else meta.get_field(name)
    return f"{row}: {field.verbose_name if field else name}"


def _is_number(model: Model, name: str | None) -> bool:
    numbers = (models.IntegerField, models.DecimalField)
    return name not in (None, LINES) and isinstance(model._meta.get_field(str(name)), numbers)
