"""What a form decides of the conflicts of a merge: its choices, and the resolutions it stands for.

A place is where a conflict is, in one word for names of inputs: model:id:field.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import models

from bank.pages.kinds import key, number
from versioning.rows import MODELS, shown

CHOICES = {"ours": "keep ours", "theirs": "take theirs", "sum": "add both changes"}
MOST = 100  # conflicts of a form: each has two inputs, and Django accepts 1,000
Chosen = dict[str, dict[str, str]]
"""What the form has for each place of a conflict: `take`, `value`, or both."""


def chosen(form: Mapping[str, Any]) -> Chosen:
    """Return what was chosen in the inputs take:PLACE and value:PLACE."""
    found: Chosen = {}
    for name, text in form.items():
        how, _, where = name.partition(":")
        if text and how in ("take", "value"):
            found.setdefault(where, {})[how] = str(text)
    return found


def sent(where: str, how: dict[str, str]) -> dict[str, Any]:
    """Return what was chosen as the API has it; a typed value is preferred to a side."""
    model, _, rest = where.partition(":")
    pk, _, name = rest.partition(":")
    decided: dict[str, Any] = {"take": how.get("take")}
    if "value" in how:
        whole = isinstance(_column(model, name), models.IntegerField)
        decided = {"value": number(how["value"]) if whole else how["value"]}
    found = key(MODELS[model], pk) if model in MODELS else pk
    return {"model": model, "id": found, "field": name or None, **decided}


def place(found: dict[str, Any]) -> str:
    """Return where a conflict is, for the names of inputs."""
    return f"{found['model']}:{found['id']}:{found['field'] or ''}"


def choice(found: dict[str, Any]) -> dict[str, Any]:
    """Return a conflict, or a broken invariant, with what the form needs for it."""
    column = _column(found["model"], found["field"])
    choices = dict(CHOICES)
    summed = isinstance(column, models.IntegerField | models.DecimalField)
    if not summed or "expected" in found:  # the sum is what breaks the invariant
        del choices["sum"]
    return found | {
        "place": place(found),
        "label": label(found),
        "choices": choices,
        "typed": column is not None and not column.remote_field,
    }


def label(found: dict[str, Any]) -> str:
    """Return the words for a row, or for a field of it: "product 3: price"."""
    name = found.get("field")
    column = _column(found["model"], name)
    row = f"{MODELS[found['model']]._meta.verbose_name} {found['id']}"
    return f"{row}: {column.verbose_name if column else name}" if name else row


def _column(model: str, name: str | None) -> Any:
    """Return the column of this name; None if there is none, as for the lines of an order."""
    columns = shown(MODELS[model]) if model in MODELS else []
    return next((column for column in columns if column.name == name), None)
