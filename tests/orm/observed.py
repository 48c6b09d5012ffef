"""Observe the statements sent to the database and the raw values that it returns."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.db.models import ExpressionWrapper, F, Field, QuerySet

# In the transaction of a test these become SAVEPOINTs.
TRANSACTION = re.compile("BEGIN|COMMIT|(RELEASE |ROLLBACK TO )?SAVEPOINT")


@contextmanager
def statements() -> Iterator[list[str]]:
    """Record the statements sent to the database in this block, except those of transactions."""
    sent: list[str] = []

    def note(execute: Callable[..., Any], statement: str, *rest: Any) -> Any:
        if not TRANSACTION.match(statement):
            sent.append(statement)
        return execute(statement, *rest)

    with connection.execute_wrapper(note):
        yield sent


class RawField(Field):
    """The value that the driver returns, without the conversions of a Django field."""

    def get_internal_type(self) -> str:
        return "RawField"


def raw_value(rows: QuerySet[Any], name: str) -> Any:
    """Return the single value of this column, as the driver returns it."""
    raw = ExpressionWrapper(F(name), output_field=RawField())
    return rows.annotate(raw=raw).values_list("raw", flat=True).get()


def support(native: bool) -> str:
    """Return the cell of the report: whether the database itself does it."""
    return "yes" if native else "emulated"
