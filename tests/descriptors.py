"""A lost connection whose descriptor's number another socket has got."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from django.db import OperationalError, connection


@contextmanager
def lost_and_reused() -> Iterator[None]:
    """Lose this thread's connection, and open sockets until one has its number."""
    connection.ensure_connection()
    engine: Any = connection
    number = engine.connection.fileno()
    engine._socket.shut_down()  # as at the deadline of a request
    with pytest.raises(OperationalError), engine.cursor() as cursor:
        cursor.execute("SELECT 1")
    with ExitStack() as stack:
        numbers: set[int] = set()
        while number not in numbers:
            pair = [stack.enter_context(each) for each in socket.socketpair()]
            numbers |= {each.fileno() for each in pair}
        yield
