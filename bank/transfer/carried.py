"""The columns of each model that a copy carries, and the form of their values in the stream.

Django reads these forms itself, as field.to_python() does. export.py has forms of its own for keys,
for references to other rows, and for the answers with keys in them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from django.db import models
from pydantic import StrictBool, StrictInt, StrictStr

from bank.errors import NotCarried
from bank.models import IdempotencyRecord, Order, OrderLine

Model = type[models.Model]
ELSEWHERE = {
    Order: ("customer", "products"),
    OrderLine: ("order", "product"),
    IdempotencyRecord: ("body", "location"),
}


class Form(NamedTuple):
    """How the values of a column are written, None excepted, and their type in JSON."""

    write: Callable[[Any], Any]
    type: Any


def carried(model: Model) -> dict[str, Form]:
    """The columns of this model by name, in the order in which it declares them.

    One that says editable=False is left out: a stock_token means nothing in another database.
    Raises NotCarried for a column that would be lost.
    """
    if model is OrderLine and (lost := automatic(model)):  # a line has no key by which to set it
        raise NotCarried(model._meta.get_field(lost[0]))
    fields = [*model._meta.concrete_fields, *model._meta.local_many_to_many]
    own = ("id", *ELSEWHERE.get(model, ()))
    return {f.name: _form(f) for f in fields if f.name not in own and not _internal(f)}


def written(columns: dict[str, Form], values: Callable[[str], Any]) -> dict[str, Any]:
    """These columns as they are in the stream; values(name) is what a row has."""
    return {
        name: None if (value := values(name)) is None else form.write(value)
        for name, form in columns.items()
    }


def automatic(model: Model) -> list[str]:
    """The columns that Django sets when a row is inserted, whatever the instance has."""
    dates = [field for field in model._meta.concrete_fields if isinstance(field, models.DateField)]
    return [field.name for field in dates if field.auto_now or field.auto_now_add]


def _internal(field: Any) -> bool:
    # The attribute is also False for auto_now and BinaryField, whose values are data.
    return field.deconstruct()[3].get("editable") is False


def _form(field: Any) -> Form:
    write, kind = _write_and_type(field)
    return Form(write, kind | None if field.null else kind)


def _write_and_type(field: Any) -> tuple[Callable[[Any], Any], Any]:
    match field:
        case models.DecimalField():
            return f"{{:.{field.decimal_places}f}}".format, StrictStr
        case models.DateTimeField():  # MongoDB stores milliseconds
            return lambda value: value.isoformat(timespec="milliseconds"), StrictStr
        case models.CharField() | models.TextField() | models.DateField() | models.UUIDField():
            return str, StrictStr
        case models.IntegerField():
            return int, StrictInt
        case models.BooleanField():
            return bool, StrictBool
    raise NotCarried(field)
