"""Inject errors of a database into statements or COMMITs, to test how the application handles them.

tests/NAME/faults.py is specific to a backend: `conflict`, `lost` and `timed_out` create
its errors, UNREACHABLE is a URL at which no server answers, and it may replace `at_statement` and
`at_commit`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any
from unittest.mock import patch

from django.conf import settings
from django.db import connection, connections, router
from django.db.backends.utils import CursorWrapper
from django.db.models import Model

from bank.models import Product

special = import_module(f"tests.{settings.BACKEND}.faults")
conflict: Callable[[], Exception] = special.conflict
lost: Callable[[], Exception] = special.lost
timed_out: Callable[[], Exception] = special.timed_out
UNREACHABLE: str = special.UNREACHABLE


@contextmanager
def at_statement(error: Callable[[], Exception], *, times: int = 1) -> Iterator[None]:
    """Let the next statements of a transaction raise instead of being executed."""
    execute, faults = CursorWrapper._execute, iter([error] * times)

    def faulty(cursor: CursorWrapper, *statement: Any) -> Any:
        # Some backends execute BEGIN as a statement, which precedes the transaction.
        for fault in faults if connection.in_atomic_block else ():
            raise fault()
        return execute(cursor, *statement)

    with patch.object(CursorWrapper, "_execute", faulty):
        yield


@contextmanager
def at_commit(
    error: Callable[[], Exception],
    *,
    times: int = 1,
    committed: bool = False,
    model: type[Model] = Product,
) -> Iterator[None]:
    """Let the next COMMITs of the model's database raise, instead of or after their execution."""
    connection = connections[router.db_for_write(model)]
    commit, faults = connection.commit, iter([error] * times)

    def faulty() -> None:
        for fault in faults:
            if committed:
                commit()
            else:
                connection.rollback()
            raise fault()
        commit()

    with patch.object(connection, "commit", faulty):
        yield
    assert len(list(faults)) < times, "no COMMIT: mark the test django_db(transaction=True)"


at_statement = getattr(special, "at_statement", at_statement)
at_commit = getattr(special, "at_commit", at_commit)
