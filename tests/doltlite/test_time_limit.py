"""A statement that takes too long is ended by SQLite's progress handler."""

from __future__ import annotations

import time

import pytest
from django.db import OperationalError, connection

from bank.transactions.error_kinds import ErrorKind, classify

pytestmark = pytest.mark.django_db(transaction=True)
ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"


def test_a_statement_is_ended_at_the_time_limit_and_the_next_one_is_not() -> None:
    began = time.monotonic()

    with (
        connection.time_limit(0.3),
        pytest.raises(OperationalError, match="interrupted") as error,
        connection.cursor() as cursor,
    ):
        cursor.execute(ENDLESS)

    assert time.monotonic() - began < 20
    assert classify(error.value) is ErrorKind.TIMEOUT
    with connection.cursor() as cursor:
        cursor.execute(ENDLESS.replace("FROM n) ", "FROM n WHERE i < 100000) "))
        assert cursor.fetchone() == (100000,)


def test_an_inner_time_limit_cannot_extend_the_outer_one() -> None:
    began = time.monotonic()

    with (
        connection.time_limit(0.3),
        connection.time_limit(20),
        pytest.raises(OperationalError, match="interrupted"),
        connection.cursor() as cursor,
    ):
        cursor.execute(ENDLESS)

    assert time.monotonic() - began < 15
