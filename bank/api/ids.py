"""Converts ids in paths, bodies and parameters to keys."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import Http404

from bank.models import Key


def key_of(model: type[Model], raw: int | str) -> Key:
    """Return the key; raise ValueError if the text is not a key of this model."""
    try:
        key = model._meta.pk.clean(raw, None)
    except ValidationError as error:
        raise ValueError(f"{raw!r} is no {model._meta.verbose_name} id.") from error
    if str(key) != str(raw):  # int() also accepts 1_000, ' 7' and '٧'
        raise ValueError(f"{raw!r} is no {model._meta.verbose_name} id.")
    return key


def key_in_path(model: type[Model], raw: str) -> Key:
    """Return the key in a path; raise Http404 if it is not a key of this model."""
    try:
        return key_of(model, raw)
    except ValueError as error:
        raise Http404 from error
