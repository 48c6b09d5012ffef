"""What is sent to the database and what it has kept, so that nobody need say how it works."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.db.models import ExpressionWrapper, F, Field, QuerySet

# A test's own transaction makes SAVEPOINTs of these.
TRANSACTION = re.compile("BEGIN|COMMIT|(RELEASE |ROLLBACK TO )?SAVEPOINT")


@contextmanager
def statements() -> Iterator[list[str]]:
    """The statements that are sent to the database in this block, but those of transactions."""
    sent: list[str] = []

    def note(execute: Callable[..., Any], statement: str, *rest: Any) -> Any:
        if not TRANSACTION.match(statement):
            sent.append(statement)
        return execute(statement, *rest)

    with connection.execute_wrapper(note):
        yield sent


class AsItComes(Field):
    """A value as the driver has read it, before Django makes of it what the field promises."""

    def get_internal_type(self) -> str:
        return "AsItComes"


def as_it_comes(rows: QuerySet[Any], name: str) -> Any:
    """The one value of this column, as the driver has read it."""
    raw = ExpressionWrapper(F(name), output_field=AsItComes())
    return rows.annotate(as_it_comes=raw).values_list("as_it_comes", flat=True).get()


def support(native: bool) -> str:
    """How the matrix calls what was seen."""
    return "native" if native else "emulated"
