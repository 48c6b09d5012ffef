"""Django's functions of texts and of dates as MongoDB's expressions.

https://www.mongodb.com/docs/manual/reference/mql/expressions/
"""

from __future__ import annotations

from typing import Any

from django.db import NotSupportedError
from django.db.models import DateField, DateTimeField
from django.db.models.functions import Coalesce, Concat, Extract, Length, Lower, TruncDate, Upper
from django.db.models.functions.datetime import TruncBase
from django.db.models.functions.text import ConcatPair

from backends.djongo.expressions import computed, unless_null

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


def _of_text(operator: str, function: Any, compiler: Any) -> Any:
    text = computed(function.source_expressions[0], compiler)
    return unless_null([text], {operator: text})  # MongoDB: an empty text, or an error


@computed.register
def _(function: Lower, compiler: Any) -> Any:
    return _of_text("$toLower", function, compiler)


@computed.register
def _(function: Upper, compiler: Any) -> Any:
    return _of_text("$toUpper", function, compiler)


@computed.register
def _(function: Length, compiler: Any) -> Any:
    return _of_text("$strLenCP", function, compiler)


@computed.register
def _(function: Coalesce, compiler: Any) -> Any:
    return {"$ifNull": [computed(each, compiler) for each in function.source_expressions]}


@computed.register
def _(function: Concat, compiler: Any) -> Any:
    return computed(function.source_expressions[0], compiler)


@computed.register
def _(pair: ConcatPair, compiler: Any) -> Any:
    """Django promises an empty text for what is NULL."""
    parts = [computed(each, compiler) for each in pair.source_expressions]
    return {"$concat": [{"$ifNull": [part, ""]} for part in parts]}


@computed.register
def _(part: Extract, compiler: Any) -> Any:
    if part.lookup_name not in PARTS:
        raise NotSupportedError(f"Djongo cannot extract {part.lookup_name!r}.")
    return {PARTS[part.lookup_name]: _local(part, compiler)}


@computed.register
def _(trunc: TruncBase, compiler: Any) -> Any:
    unit = "day" if isinstance(trunc, TruncDate) else trunc.kind
    if unit not in UNITS or not isinstance(trunc.output_field, DateField):
        raise NotSupportedError(f"Djongo cannot cut off to {trunc.kind!r}.")
    return {"$dateTrunc": {"date": _local(trunc, compiler), "unit": unit, "startOfWeek": "monday"}}


def _local(function: Any, compiler: Any) -> Any:
    """The moment as clocks show it in the function's time zone; a day is the same everywhere."""
    moment = computed(function.lhs, compiler)
    zone = function.get_tzname() if isinstance(function.lhs.output_field, DateTimeField) else None
    if zone in (None, "UTC"):
        return moment
    text = {"date": moment, "format": "%Y-%m-%dT%H:%M:%S.%LZ", "timezone": zone}
    return {"$dateFromString": {"dateString": {"$dateToString": text}}}
