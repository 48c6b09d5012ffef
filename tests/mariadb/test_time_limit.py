"""A request ends at its deadline, even while it waits for a lock."""

from __future__ import annotations

import time
from urllib.parse import urlsplit

import pytest
from django.db import OperationalError, connection

from backends.mysql.driver import connect
from bank.models import Customer
from bank.transactions.error_kinds import ErrorKind, classify
from tests.descriptors import lost_and_reused
from tests.serving import Server

IN_TIME = 8  # seconds: REQUEST_DEADLINE, plus the delay of a busy machine
LIMITS = (
    *("max_statement_time", "innodb_lock_wait_timeout", "lock_wait_timeout"),
    "idle_transaction_timeout",
)


def test_a_request_that_waits_for_a_lock_is_a_503_in_time(server: Server) -> None:
    server.start("--no-demo")
    product = server.call("POST", "/product/", {"name": "Pen", "price": "1", "stock": 5})
    order = {"customer": server.call("POST", "/customer/", {"name": "Carl"}), "products": [product]}

    other = connect(urlsplit(server.database_url()))
    other.begin()
    other.cursor().execute("UPDATE products SET stock = 4")
    read = server.ask("GET", "/product/")
    written = server.ask("POST", "/order/", order)
    other.rollback()
    after = server.ask("POST", "/order/", order)
    other.close()

    assert [answer.status for answer in (read, written, after)] == [200, 503, 200]
    assert written.headers["Retry-After"] == "1"
    assert written.seconds < IN_TIME
    assert len(server.orders()) == 1


@pytest.mark.django_db(transaction=True)
def test_only_sessions_opened_by_requests_have_server_side_timeouts() -> None:
    connection.close()
    with connection.time_limit(60):
        limited = shown()
    connection.close()

    assert limited == (5, 2, 2, 5)
    assert shown() == (0, 50, 86400, 0)


def shown() -> tuple[int, ...]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(f'@@{name}' for name in LIMITS)}")
        return tuple(map(int, cursor.fetchone()))


@pytest.mark.django_db(transaction=True)
def test_a_statement_that_the_server_ends_is_a_timeout_and_keeps_its_connection() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET SESSION max_statement_time = 0.1")
        with pytest.raises(OperationalError, match="1969") as error:
            cursor.execute("SELECT SLEEP(20)")
        cursor.execute("SELECT 1")

    assert classify(error.value) is ErrorKind.TIMEOUT
    connection.close()


@pytest.mark.django_db(transaction=True)
def test_a_statement_is_ended_at_the_time_limit_even_if_the_server_does_not() -> None:
    connection.ensure_connection()
    began = time.monotonic()

    with (
        connection.time_limit(0.5),
        pytest.raises(OperationalError) as error,
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT SLEEP(60)")

    assert time.monotonic() - began < 20
    assert classify(error.value) is ErrorKind.LOST
    connection.close()


@pytest.mark.django_db(transaction=True)
def test_no_connection_is_opened_after_the_time_limit() -> None:
    connection.close()

    with (
        connection.time_limit(0.1),
        pytest.raises(OperationalError, match="no time left") as error,
    ):
        connection.ensure_connection()

    assert classify(error.value) is ErrorKind.LOST


@pytest.mark.django_db(transaction=True)
def test_a_connection_is_not_taken_for_another_that_has_got_its_descriptor() -> None:
    with lost_and_reused():
        connection.close_if_unusable_or_obsolete()  # as before each request

        assert not Customer.objects.exists()
