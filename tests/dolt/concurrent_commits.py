"""Runs transactions that all have written before any of them commits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Barrier
from typing import Any
from unittest.mock import patch

from backends.dolt.base import DatabaseWrapper
from tests.threads import at_once, outcome


def commit_concurrently(*works: Callable[[], Any]) -> list[Any]:
    """The result or the exception of each, in any order; their first COMMITs wait for each other.

    If one had to wait for another to commit, as for a lock, this would raise.
    """
    with _waiting(len(works)):
        return at_once(lambda work: outcome(work), works, threads=len(works))


@contextmanager
def _waiting(transactions: int) -> Iterator[None]:
    commit, barrier, first = (
        DatabaseWrapper.commit,
        Barrier(transactions),
        iter(range(transactions)),
    )

    def wait_and_commit(connection: DatabaseWrapper) -> None:
        for _ in first:
            barrier.wait(timeout=5)
            break
        commit(connection)

    with patch.object(DatabaseWrapper, "commit", wait_and_commit):
        yield
