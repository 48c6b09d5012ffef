"""Run transactions concurrently, of which none commits before all have written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Barrier
from typing import Any
from unittest.mock import patch

from backends.dolt.base import DatabaseWrapper
from tests.threads import at_once, outcome


def commit_concurrently(*works: Callable[[], Any]) -> list[Any]:
    """Run these transactions in threads; their first COMMITs wait for each other.

    Return the result or exception of each, in any order. Raise BrokenBarrierError after 5 s if one
    has to wait for another to commit, as for a lock.
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
