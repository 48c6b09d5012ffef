"""The columns of each model that are copied, and the format of their values in the stream.

field.to_python() can read each format. export.py has its own formats for keys, for references to
other rows, and for stored responses, which contain keys.
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
    """How the values of a column, except None, are written, and their type in JSON."""

    write: Callable[[Any], Any]
    type: Any


def carried(model: Model) -> dict[str, Form]:
    """Return the copied columns of this model by name, in the order of their declaration.

    Columns with editable=False are left out: a stock_token has no meaning in another database.
    Raises NotCarried for a column that would be lost.
    """
    if model is OrderLine and (lost := automatic(model)):  # cannot be set: lines have no key
        raise NotCarried(model._meta.get_field(lost[0]))
    fields = [*model._meta.concrete_fields, *model._meta.local_many_to_many]
    own = ("id", *ELSEWHERE.get(model, ()))
    return {f.name: _form(f) for f in fields if f.name not in own and not _internal(f)}


def written(columns: dict[str, Form], values: Callable[[str], Any]) -> dict[str, Any]:
    """Return these columns in the format of the stream; values(name) returns a row's value."""
    return {
        name: None if (value := values(name)) is None else form.write(value)
        for name, form in columns.items()
    }


def automatic(model: Model) -> list[str]:
    """Return the columns that Django sets at each insert, whatever value the instance has."""
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
