"""Functions of a demonstration in other threads: with its deadline, and connections to close."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections

from bank.engine import Engine
from bank.transactions.deadline import deadline, remaining

T = TypeVar("T")
R = TypeVar("R")

SECONDS = 15.0  # of a demonstration; from then on its database calls fail
LAST = 3.0  # of them: they are left to in_thread(), which counts and deletes at the end


def like_here(function: Callable[[T], R]) -> Callable[[T], R]:
    """Return the function for another thread, which works on this one's branch in its user's name.

    Its database calls end LAST seconds before this thread's deadline, and its connections are
    closed after it.
    """
    return _until(time.monotonic() + remaining() - LAST, function)


def in_thread(function: Callable[[T], R], argument: T) -> R:
    """Return what the function returns in a thread like here, until this thread's deadline."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(_until(time.monotonic() + remaining(), function), argument).result()


def _until(when: float, function: Callable[[T], R]) -> Callable[[T], R]:
    here: Any = connections[DEFAULT_DB_ALIAS]

    def wrapper(argument: T) -> R:
        try:
            with deadline(when):
                Engine().same_as(here)
                return function(argument)
        finally:
            connections.close_all()

    return wrapper
