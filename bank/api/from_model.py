"""Members of schemas that are derived from the columns of a model: type, limits and default."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, TypeVar

import pydantic
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, Field, StrictBool

from bank.fields import AMOUNT_PATTERN, MAX_AMOUNT

S = TypeVar("S", bound=BaseModel)
# Python's \s includes \x1c-\x1f and \x85, JavaScript's, which clients may use, includes \ufeff.
VISIBLE = r"^[^\x00]*[^\s\x00\x1c-\x1f\x85\ufeff][^\x00]*$"
NO_NUL = r"^[^\x00]*$"  # PostgreSQL cannot store NUL
AMOUNT_RULE = f"An amount is 0 to {MAX_AMOUNT}, with at most two decimals."


def amount(value: Any) -> Decimal:
    """An exact amount from a JSON number or string; raises ValueError with the rule."""
    written = isinstance(value, str) and re.fullmatch(AMOUNT_PATTERN, value)
    if not (written or type(value) in (int, Decimal)):
        raise ValueError(AMOUNT_RULE)
    try:
        number = Decimal(value)
        if 0 <= number <= MAX_AMOUNT and number == (exact := number.quantize(Decimal("0.01"))):
            return abs(exact)  # JSON allows -0.00
    except InvalidOperation:
        pass  # more digits than the precision of decimal's context
    raise ValueError(AMOUNT_RULE)


Amount = Annotated[
    Decimal,
    BeforeValidator(amount),
    pydantic.WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": AMOUNT_PATTERN},
                {"type": "number", "minimum": 0, "maximum": 9999999999999, "multipleOf": 0.01},
            ],
            "description": AMOUNT_RULE,
        }
    ),
]


def in_utc(value: datetime) -> datetime:
    """The same datetime in UTC; raises ValueError if its year is then not 1 to 9999."""
    try:
        return value.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("A datetime is in the years 1 to 9999, in UTC.") from error


Money = Annotated[str, Field(pattern=r"^[0-9]{1,16}\.[0-9]{2}$")]


class Input(BaseModel):
    """The body of a request, or a part of it. Unknown members are ignored."""

    # Python's \s matches the characters that str.strip removes.
    model_config = pydantic.ConfigDict(regex_engine="python-re")


class Output(BaseModel):
    """A document in a response, or a part of it."""


def from_model(model: type[models.Model], names: Iterable[str]) -> Callable[[type[S]], type[S]]:
    """Decorate an Input or Output: add these columns, except those that it declares itself.

    An Input gets no column that is not editable, such as one with auto_now_add. Raises
    FieldDoesNotExist, or ImproperlyConfigured for a column of an unsupported type.
    """

    def decorate(schema: type[S]) -> type[S]:
        declared: dict[str, Any] = {n: (f.annotation, f) for n, f in schema.model_fields.items()}
        columns = [model._meta.get_field(name) for name in names if name not in declared]
        if issubclass(schema, Input):
            derived = {column.name: _input(column) for column in columns if column.editable}
        else:
            derived = {column.name: _output(column) for column in columns}
        made: Any = pydantic.create_model(
            schema.__name__,
            __base__=schema.__base__,
            __module__=schema.__module__,
            __doc__=schema.__doc__,
            **derived | declared,
        )
        return made

    return decorate


def assign(row: models.Model, sent: Input, names: Iterable[str]) -> None:
    """Set the columns that clients send; all others keep their values."""
    for name in names:
        if name in type(sent).model_fields:
            setattr(row, name, getattr(sent, name))


def _input(column: Any) -> tuple[Any, Any]:
    def check(value: Any) -> Any:
        try:
            return column.clean(value, None)
        except ValidationError as error:
            raise ValueError(" ".join(error.messages)) from error

    kind: Any = Annotated[_types(column)[0], AfterValidator(check)]
    options: dict[str, Any] = {"description": str(column.help_text) or None}
    if column.null or column.blank or column.has_default():
        options["default_factory"] = column.get_default
    return kind | None if column.null else kind, Field(**options)


def _output(column: Any) -> tuple[Any, Any]:
    kind = _types(column)[1]
    return kind | None if column.null else kind, Field()


def _types(column: Any) -> tuple[Any, Any]:
    """Return the types of this column in a request and in a response."""
    match column:
        case models.CharField() | models.TextField():
            least, pattern = (0, NO_NUL) if column.blank else (1, VISIBLE)
            limits = Field(min_length=least, max_length=column.max_length, pattern=pattern)
            return Annotated[str, limits], str
        case models.DecimalField(max_digits=18, decimal_places=2):
            return Amount, Money
        case models.IntegerField():  # its validators have the limits of the database's type
            lower = [v.limit_value for v in column.validators if isinstance(v, MinValueValidator)]
            upper = [v.limit_value for v in column.validators if isinstance(v, MaxValueValidator)]
            return Annotated[int, Field(strict=True, ge=max(lower), le=min(upper))], int
        case models.BooleanField():
            return StrictBool, bool
        case models.DateTimeField():
            return Annotated[AwareDatetime, AfterValidator(in_utc)], AwareDatetime
        case models.DateField():
            return date, date
    kind = type(column).__name__
    raise ImproperlyConfigured(f"{column}: declare the member of a {kind} in the schema itself.")
