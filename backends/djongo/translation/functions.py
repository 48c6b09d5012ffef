"""Translates Django's string and date functions to MongoDB's expressions.

https://www.mongodb.com/docs/manual/reference/mql/expressions/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import NotSupportedError
from django.db.models import DateField, DateTimeField
from django.db.models.functions import Coalesce, Concat, Extract, Length, Lower, TruncDate, Upper
from django.db.models.functions.datetime import TruncBase
from django.db.models.functions.text import ConcatPair

from backends.djongo.translation.expressions import Mql, to_mql, unless_null

if TYPE_CHECKING:
    from backends.djongo.translation.computed_columns import ComputingCompiler

PARTS = {
    "year": "$year",
    "month": "$month",
    "day": "$dayOfMonth",
    "hour": "$hour",
    "minute": "$minute",
    "second": "$second",
    "week": "$isoWeek",
    "week_day": "$dayOfWeek",
    "iso_week_day": "$isoDayOfWeek",
    "iso_year": "$isoWeekYear",
}
UNITS = {"year", "quarter", "month", "week", "day", "hour", "minute", "second"}


def _of_text(operator: str, function: Lower | Upper | Length, compiler: ComputingCompiler) -> Mql:
    text = to_mql(function.source_expressions[0], compiler)
    return unless_null([text], {operator: text})  # MongoDB: an empty string, or an error


@to_mql.register(Lower)
def _(function: Lower, compiler: ComputingCompiler) -> Mql:
    return _of_text("$toLower", function, compiler)


@to_mql.register(Upper)
def _(function: Upper, compiler: ComputingCompiler) -> Mql:
    return _of_text("$toUpper", function, compiler)


@to_mql.register(Length)
def _(function: Length, compiler: ComputingCompiler) -> Mql:
    return _of_text("$strLenCP", function, compiler)


@to_mql.register(Coalesce)
def _(function: Coalesce, compiler: ComputingCompiler) -> Mql:
    return {"$ifNull": [to_mql(each, compiler) for each in function.source_expressions]}


@to_mql.register(Concat)
def _(function: Concat, compiler: ComputingCompiler) -> Mql:
    return to_mql(function.source_expressions[0], compiler)


@to_mql.register(ConcatPair)
def _(pair: ConcatPair, compiler: ComputingCompiler) -> Mql:
    """Return an empty string for NULL, as Django guarantees."""
    parts = [to_mql(each, compiler) for each in pair.source_expressions]
    return {"$concat": [{"$ifNull": [part, ""]} for part in parts]}


@to_mql.register(Extract)
def _(part: Extract, compiler: ComputingCompiler) -> Mql:
    if part.lookup_name not in PARTS:
        raise NotSupportedError(f"Djongo cannot extract {part.lookup_name!r}.")
    return {PARTS[part.lookup_name]: _local(part, compiler)}


@to_mql.register(TruncBase)
def _(trunc: TruncBase, compiler: ComputingCompiler) -> Mql:
    unit = "day" if isinstance(trunc, TruncDate) else trunc.kind
    if unit not in UNITS or not isinstance(trunc.output_field, DateField):
        raise NotSupportedError(f"Djongo cannot truncate to {trunc.kind!r}.")
    return {"$dateTrunc": {"date": _local(trunc, compiler), "unit": unit, "startOfWeek": "monday"}}


def _local(function: Extract | TruncBase, compiler: ComputingCompiler) -> Mql:
    """Return the datetime as local time in the function's time zone; a date is unchanged."""
    instant = to_mql(function.lhs, compiler)
    zone = function.get_tzname() if isinstance(function.lhs.output_field, DateTimeField) else None
    if zone in (None, "UTC"):
        return instant
    text = {"date": instant, "format": "%Y-%m-%dT%H:%M:%S.%LZ", "timezone": zone}
    return {"$dateFromString": {"dateString": {"$dateToString": text}}}
