"""The admin's page of conflicts: what has to be decided before a merge, as a form that decides."""

from __future__ import annotations

from typing import Any

import pydantic
from django.db import models
from django.http import HttpRequest, HttpResponse

from versioning.administration.pages import shown
from versioning.api.merges import ResolutionIn, refused, resolution
from versioning.errors import Refused, WrongResolution
from versioning.merge.conflicts import Resolution
from versioning.merge.merging import Heads
from versioning.rows import MODELS
from versioning.rows import shown as shown_columns

CHOICES = {"ours": "keep ours", "theirs": "take theirs", "sum": "add both changes"}
Chosen = dict[str, dict[str, str]]
"""What the form has for each place of a conflict (model:id:field): `take`, `value`, or both."""


def resolutions(request: HttpRequest) -> list[Resolution]:
    """Return what was chosen on the page; raise WrongResolution."""
    chosen = enumerate(_chosen(request).items())
    return [resolution(number, _sent(number, place, how)) for number, (place, how) in chosen]


def seen_heads(request: HttpRequest) -> Heads | None:
    """Return the latest commits of both branches when the page was shown; None before it was."""
    into, _, source = request.POST.get("heads", "").partition(":")
    return Heads(into, source) if source else None


def conflicts(request: HttpRequest, title: str, error: Refused) -> HttpResponse:
    """Return a page (409) with all that this merge needs a decision on, whose form repeats it."""
    found = refused(error).members
    undecided = [_choice(each) for name in ("conflicts", "invariants") for each in found[name]]
    places = {choice["place"] for choice in undecided}
    context = {
        "title": title,
        "undecided": undecided,
        "decided": {p: how for p, how in _chosen(request).items() if p not in places},
        "violations": [{**each, "label": _label(each)} for each in found["violations"]],
        "heads": error.heads and ":".join(error.heads),
        "message": request.POST.get("message", ""),
    }
    return shown(request, "versioning/conflicts.html", context, status=409)


def _chosen(request: HttpRequest) -> Chosen:
    found: Chosen = {}
    for name, text in request.POST.items():
        how, _, place = name.partition(":")
        if text and how in ("take", "value"):
            found.setdefault(place, {})[how] = str(text)
    return found


def _sent(number: int, place: str, how: dict[str, str]) -> ResolutionIn:
    """Return what was chosen as the API has it; a typed value is preferred to a side."""
    model, _, rest = place.partition(":")
    key, _, name = rest.partition(":")
    chosen: dict[str, Any] = {"take": how.get("take")}
    if "value" in how:
        column = _column(model, name)
        number_typed = isinstance(column, models.IntegerField) and how["value"].isdecimal()
        chosen = {"value": int(how["value"]) if number_typed else how["value"]}
    try:
        sent = {"model": model, "id": key, "field": name or None, **chosen}
        return ResolutionIn.model_validate(sent)
    except pydantic.ValidationError as error:
        raise WrongResolution(number, "take", f"Choose one of {', '.join(CHOICES)}.") from error


def _choice(found: dict[str, Any]) -> dict[str, Any]:
    """Return a conflict, or a broken invariant, with what the form needs for it."""
    column = _column(found["model"], found["field"])
    choices, place = dict(CHOICES), f"{found['model']}:{found['id']}:{found['field'] or ''}"
    number = isinstance(column, models.IntegerField | models.DecimalField)
    if not number or "expected" in found:  # the sum is what breaks the invariant
        del choices["sum"]
    return found | {
        "place": place,
        "label": _label(found),
        "choices": choices,
        "typed": column is not None and not column.remote_field,
    }


def _label(found: dict[str, Any]) -> str:
    """Return the words for a row, or for a field of it: "product 3: price"."""
    name = found.get("field")
    column = _column(found["model"], name)
    row = f"{MODELS[found['model']]._meta.verbose_name} {found['id']}"
    return f"{row}: {column.verbose_name if column else name}" if name else row


def _column(model: str, name: str | None) -> Any:
    """Return the column of this name; None if there is none, as for the lines of an order."""
    columns = shown_columns(MODELS[model]) if model in MODELS else []
    return next((column for column in columns if column.name == name), None)
