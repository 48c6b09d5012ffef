"""The application, not Dolt, ends a statement that takes too long."""

from __future__ import annotations

import time

import pytest
from django.db import OperationalError, connection

from bank.models import Customer
from bank.transactions.error_kinds import ErrorKind, classify
from tests.descriptors import lost_and_reused

pytestmark = pytest.mark.django_db(transaction=True)


def test_dolt_ignores_max_execution_time() -> None:
    began = time.monotonic()

    with connection.cursor() as cursor:
        cursor.execute("SET SESSION max_execution_time = 100")
        cursor.execute("SELECT SLEEP(1)")

    connection.close()
    assert time.monotonic() - began >= 1


def test_a_statement_is_ended_at_the_time_limit_also_on_the_server() -> None:
    connection.ensure_connection()
    number, began = connection.connection.thread_id(), time.monotonic()

    with (
        connection.time_limit(0.5),
        pytest.raises(OperationalError) as error,
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT SLEEP(60)")

    assert time.monotonic() - began < 20
    assert classify(error.value) is ErrorKind.LOST
    connection.close()
    while number in sessions():
        assert time.monotonic() - began < 40
        time.sleep(0.1)


def test_no_connection_is_opened_after_the_time_limit() -> None:
    connection.close()

    with (
        connection.time_limit(0.1),
        pytest.raises(OperationalError, match="no time left") as error,
    ):
        connection.ensure_connection()

    assert classify(error.value) is ErrorKind.LOST


def sessions() -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM information_schema.processlist")
        return {number for (number,) in cursor.fetchall()}


def test_a_connection_is_not_taken_for_another_that_has_got_its_descriptor() -> None:
    with lost_and_reused():
        connection.close_if_unusable_or_obsolete()  # as before each request

        assert not Customer.objects.exists()
