"""Ids that clients write, in a path, a body or a parameter."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import Http404

from bank.models import Key


def key_of(model: type[Model], raw: int | str) -> Key:
    """The key that a client wrote; raises ValueError if no key looks like that."""
    try:
        key = model._meta.pk.clean(raw, None)
    except ValidationError as error:
        raise ValueError(f"{raw!r} is no {model._meta.verbose_name} id.") from error
    if str(key) != str(raw):  # Python also reads 1_000, ' 7' and '٧' as integers
        raise ValueError(f"{raw!r} is no {model._meta.verbose_name} id.")
    return key


def key_in_path(model: type[Model], raw: str) -> Key:
    """The key in a path; raises Http404 if it is malformed: nothing is at such an address."""
    try:
        return key_of(model, raw)
    except ValueError as error:
        raise Http404 from error
