"""The deadline of a request bounds the calls of both databases."""

from __future__ import annotations

import time

import pytest
from django.conf import settings
from django.db import DatabaseError, connections

from bank.transactions.deadline import deadline

SLOW = {
    "dolt": "SELECT SLEEP(20)",
    "doltlite": (
        "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers "
        "WHERE n < 1000000000) SELECT COUNT(*) FROM numbers"
    ),
}


@pytest.mark.parametrize("using", ["default", "site"])
def test_a_slow_statement_is_ended_at_the_deadline(using: str) -> None:
    connection = connections[using]
    connection.ensure_connection()
    start = time.monotonic()

    with (
        pytest.raises(DatabaseError),
        deadline(start + 0.5),
        connection.cursor() as cursor,
    ):
        cursor.execute(SLOW[settings.BACKEND])

    assert time.monotonic() - start < 5
    connections.close_all()  # the deadline has shut both down
