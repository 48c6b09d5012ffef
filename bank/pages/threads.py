"""Functions of a demonstration in other threads: with a deadline, and connections to close."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections

from bank.engine import Engine
from bank.transactions.deadline import deadline

T = TypeVar("T")
R = TypeVar("R")

SECONDS = 15.0  # from then on, the database calls of a thread fail


def like_here(function: Callable[[T], R]) -> Callable[[T], R]:
    """Return the function for another thread, which works on this one's branch in its user's name.

    Its database calls end after SECONDS, and its connections are closed after it.
    """
    here: Any = connections[DEFAULT_DB_ALIAS]

    def wrapper(argument: T) -> R:
        try:
            with deadline(time.monotonic() + SECONDS):
                Engine().same_as(here)
                return function(argument)
        finally:
            connections.close_all()

    return wrapper


def in_thread(function: Callable[[T], R], argument: T) -> R:
    """Return what the function returns in another thread, which has a deadline of its own."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(like_here(function), argument).result()
