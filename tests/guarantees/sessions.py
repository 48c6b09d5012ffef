"""Transactions side by side, in threads: each has a connection as the application opens it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError
from typing import Any

from django.db import DatabaseError, connection, connections

from bank.engine import Engine
from bank.transactions.error_kinds import ErrorKind, causes, classify
from tests.threads import outcome

WAIT = 3  # seconds for the other session, which may itself wait for a lock of this one
Meet = Callable[[], None]
CODES = ("sqlstate", "pgcode", "sqlite_errorname", "code")  # attributes of the drivers' errors


def side_by_side(*works: Callable[[Meet], Any]) -> list[Any]:
    """Run these at the same time; return the result or exception of each, in their order.

    Each gets a function that waits until the others call it too, have ended, or are blocked.
    """
    connected, barrier = Barrier(len(works)), Barrier(len(works))

    def meet() -> None:
        with suppress(BrokenBarrierError):
            barrier.wait(WAIT)

    def session(work: Callable[[Meet], Any]) -> Any:
        connection.ensure_connection()
        connected.wait(30)
        try:
            return outcome(lambda: work(meet))
        finally:
            barrier.abort()
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(session, works))


def transaction() -> Any:
    """Return a context manager for a transaction, begun as the application begins its own."""
    return Engine().outermost_atomic()


def prevented(kept: bool, results: Sequence[Any]) -> str:
    """Return the cell: no if the rule was broken, else how it was kept: yes, or an error's code.

    A conflict is retried by the application (docs/transactions.md).
    """
    for result in results:
        if isinstance(result, Exception) and not isinstance(result, DatabaseError):
            raise result
    errors = [result for result in results if isinstance(result, Exception)]
    if not kept:
        return "no"
    return refusal(errors[0]) if errors else "yes"


def refusal(error: BaseException) -> str:
    """Return the database's code of an error, and whether the application retries it."""
    cause = [*causes(error)][-1]
    codes = [code for name in CODES if (code := getattr(cause, name, None))]
    code = str([*codes, *cause.args, "no code"][0])
    return f"{code}, retried" if classify(error) is ErrorKind.CONFLICT else code
