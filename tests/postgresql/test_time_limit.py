"""A request ends at its deadline, even while it waits for a lock."""

from __future__ import annotations

import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import psutil
import pytest
from django.db import OperationalError, connection, connections

from backends.time_limit import CONNECT_TIMEOUT, Socket, Watchdog
from bank.models import Customer
from bank.transactions.error_kinds import ErrorKind, classify
from tests.descriptors import lost_and_reused
from tests.serving import Server
from tests.stalls import database
from tests.threads import at_once

IN_TIME = 8  # seconds: REQUEST_DEADLINE, plus the delay of a busy machine


def test_requests_that_wait_for_a_table_lock_are_refused_in_time(server: Server) -> None:
    server.start("--no-demo")
    product = server.call("POST", "/product/", {"name": "Pen", "price": "1"})
    order = {"customer": server.call("POST", "/customer/", {"name": "Carl"}), "products": [product]}

    with (
        closing(connection.Database.connect(server.database_url())) as other,
        ThreadPoolExecutor(2) as pool,
    ):
        other.cursor().execute("LOCK TABLE products, orders IN ACCESS EXCLUSIVE MODE")
        reading = pool.submit(server.ask, "GET", "/product/")
        writing = pool.submit(server.ask, "POST", "/order/", order)
        free = server.ask("GET", "/customer/")
        read, written = reading.result(), writing.result()
        other.rollback()
    after = server.ask("POST", "/order/", order)

    assert [answer.status for answer in (read, written, free, after)] == [503, 503, 200, 200]
    assert [answer.headers["Retry-After"] for answer in (read, written)] == ["1", "1"]
    assert max(read.seconds, written.seconds) < IN_TIME
    assert len(server.orders()) == 1


@pytest.mark.django_db(transaction=True)
def test_only_sessions_opened_by_requests_have_server_side_timeouts() -> None:
    connection.close()
    with connection.time_limit(60):
        limited = shown()
    connection.close()

    assert limited == ["5s", "2s", "5s"]
    assert shown() == ["0", "0", "0"]


def shown() -> list[str]:
    """Return the timeouts of statements, of locks, and of idle transactions."""
    found = []
    for name in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
        with connection.cursor() as cursor:
            cursor.execute(f"SHOW {name}")
            found += cursor.fetchone()
    return found


def test_a_longer_connect_timeout_does_not_apply_to_requests(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "connect_timeout", 60)

    with connection.time_limit(60):
        limited = connection.get_connection_params()["connect_timeout"]

    assert limited == CONNECT_TIMEOUT
    assert connection.get_connection_params()["connect_timeout"] == 60


def test_requests_get_a_503_while_the_server_restarts_and_then_succeed(server: Server) -> None:
    server.start("--no-demo")
    server.call("POST", "/customer/", {"name": "Carl"})
    sessions = [p for p in database(server) if "postgres: postgres bank" in " ".join(p.cmdline())]
    for session in sessions:
        session.kill()  # the server restarts itself after such a crash
    psutil.wait_procs(sessions, timeout=10)

    answers = [server.ask("POST", "/customer/", {"name": "Dora"})]
    while answers[-1].status == 503 and len(answers) < 100:
        time.sleep(0.1)
        answers.append(server.ask("POST", "/customer/", {"name": "Dora"}))

    assert answers[-1].status == 200
    assert max(answer.seconds for answer in answers) < IN_TIME
    assert [c["name"] for c in server.call("GET", "/customer/")] == ["Carl", "Dora"]


@pytest.mark.django_db(transaction=True)
def test_a_statement_is_ended_at_the_time_limit_and_the_next_has_a_new_connection() -> None:
    connection.ensure_connection()
    began = time.monotonic()

    with connection.time_limit(0.3), pytest.raises(OperationalError) as error:
        sleep(3)

    assert time.monotonic() - began < 3
    assert classify(error.value) is ErrorKind.LOST
    connection.close_if_unusable_or_obsolete()
    sleep(0)


@pytest.mark.django_db(transaction=True)
def test_no_connection_is_opened_after_the_time_limit() -> None:
    connection.close()

    with connection.time_limit(0.1), pytest.raises(OperationalError, match="no time left"):
        sleep(0)


@pytest.mark.django_db(transaction=True)
def test_an_inner_time_limit_cannot_extend_the_outer_one() -> None:
    connection.close()

    with (
        connection.time_limit(0.1),
        connection.time_limit(60),
        pytest.raises(OperationalError, match="no time left"),
    ):
        sleep(0)


@pytest.mark.django_db(transaction=True)
def test_a_connection_opened_after_the_time_limit_is_closed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made, connect = [], connection.Database.connect

    def late(**params: Any) -> Any:
        made.append(connect(**params))
        time.sleep(0.4)
        return made[-1]

    connection.close()
    monkeypatch.setattr("backends.time_limit.CONNECT_TIMEOUT", 0)
    monkeypatch.setattr(connection.Database, "connect", late)

    with connection.time_limit(0.2), pytest.raises(OperationalError, match="no time left"):
        sleep(0)

    assert [bool(each.closed) for each in made] == [True]


@pytest.mark.django_db(transaction=True)
def test_the_time_limit_of_one_thread_does_not_affect_others() -> None:
    def work(seconds: float) -> Any:
        connection.ensure_connection()
        with connection.time_limit(seconds):
            try:
                sleep(1.5)
            except OperationalError as error:
                return classify(error)
            finally:
                connections.close_all()
        return "done"

    results = at_once(work, [0.3, 60.0, 60.0, 60.0], threads=4)

    assert sorted(map(str, results)) == [str(ErrorKind.LOST), "done", "done", "done"]


def test_the_watchdog_makes_no_call_for_finished_work_and_keeps_running() -> None:
    watchdog, called = Watchdog(), []
    over = threading.Event()

    for number in range(200):
        key = watchdog.call(lambda n=number: called.append(n), time.monotonic() + 0.2)
        watchdog.cancel(key)
    time.sleep(0.4)
    watchdog.call(over.set, time.monotonic() + 0.05)

    assert over.wait(10)
    assert called == []


def test_the_watchdog_calls_a_function_once() -> None:
    watchdog, called = Watchdog(), []

    watchdog.call(lambda: called.append("due"), time.monotonic() + 0.1)
    time.sleep(0.6)

    assert called == ["due"]


def test_shutting_down_an_unconnected_socket_is_no_error() -> None:
    with socket.socket() as ended:
        Socket(ended.fileno()).shut_down()


def sleep(seconds: float) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(%s)", [seconds])


@pytest.mark.django_db(transaction=True)
def test_a_connection_is_not_taken_for_another_that_has_got_its_descriptor() -> None:
    with lost_and_reused():
        connection.close_if_unusable_or_obsolete()  # as before each request

        assert not Customer.objects.exists()
