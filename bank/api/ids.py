"""Ids in paths, bodies, parameters and responses: their schemas, and their conversion to keys."""

from __future__ import annotations

from typing import Annotated, Any

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import Http404
from pydantic import PlainValidator, WithJsonSchema

from bank.models import Customer, Key

INTEGERS = ("SmallAutoField", "AutoField", "BigAutoField")
LARGEST_EXACT = 2**53 - 1  # JavaScript, and so the page /docs, rounds larger integers


def id_schema(model: type[Model]) -> dict[str, str]:
    """Return the JSON schema of this model's ids in responses, on the backend that is used."""
    integer = model._meta.pk.get_internal_type() in INTEGERS
    return {"type": "integer"} if integer else {"type": "string"}


def written(key: Key) -> int | str:
    """Return the key as a person would write it in a request, and JavaScript would send it."""
    return key if isinstance(key, int) and key <= LARGEST_EXACT else str(key)


def _sent(value: Any) -> int | str:
    if type(value) is int or (isinstance(value, str) and value.isascii()):
        return value
    raise ValueError("An id is a whole number, or a text in quotes.")


# DEFAULT_AUTO_FIELD gives all models keys of one type: integers on SQL backends, and strings on
# MongoDB. A request may have the digits of an integer in quotes.
_OF_ALL = id_schema(Customer)
_DIGITS = {"type": "string", "pattern": "^[0-9]+$"}
_EITHER = {"anyOf": [_OF_ALL, _DIGITS]}
Id = Annotated[Any, WithJsonSchema(_OF_ALL)]
PathId = Annotated[str, WithJsonSchema(_OF_ALL)]
SentId = Annotated[
    Any,
    PlainValidator(_sent),
    WithJsonSchema(_EITHER if _OF_ALL["type"] == "integer" else _OF_ALL),
]


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
