"""Concurrent clients in threads, each with its own database connection."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier
from typing import TypeVar

from django.db import connections

T = TypeVar("T")
R = TypeVar("R")


def at_once(work: Callable[[T], R], items: Iterable[T], *, threads: int) -> list[R]:
    """Return the results of work(item), in any order, from threads that start at the same time."""
    waiting, begin = deque(items), Barrier(threads)

    def worker(_: int) -> list[R]:
        begin.wait()
        try:
            return list(map(work, _taken_from(waiting)))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(threads) as pool:
        return [result for results in pool.map(worker, range(threads)) for result in results]


def outcome(work: Callable[[], R]) -> R | Exception:
    """Return what the function returns, or the exception that it raises."""
    try:
        return work()
    except Exception as error:
        return error


def _taken_from(waiting: deque[T]) -> Iterator[T]:
    with suppress(IndexError):
        while True:
            yield waiting.popleft()
