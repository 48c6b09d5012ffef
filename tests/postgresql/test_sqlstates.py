"""Each SQLSTATE of backends/postgresql/errors.py that a server can be made to send."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

import psutil
import pytest
from django.db import DatabaseError, OperationalError, connection, transaction
from django.db.backends.postgresql.psycopg_any import is_psycopg3
from django.test import Client

from backends.postgresql.errors import SQLSTATES, sqlstate
from bank.errors import RetriesExhausted
from bank.models import Customer
from bank.transactions import retry_transaction
from bank.transactions.error_kinds import ErrorKind, causes, classify
from runner.backends import backend
from tests.api import Api, problem

# psycopg2 raises errors that end the session without their SQLSTATE.
WITHOUT_STATE = set() if is_psycopg3 else {"57P01", "25P03", "57P05"}
pytestmark = pytest.mark.django_db(transaction=True)


def execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def state_of(error: BaseException) -> str | None:
    return [sqlstate(cause) for cause in causes(error)][-1]


def sent(state: str) -> str | None:
    return None if state in WITHOUT_STATE else state


def terminated() -> None:
    execute("SELECT pg_terminate_backend(pg_backend_pid())")


def idle_in_a_transaction() -> None:
    execute("SET LOCAL idle_in_transaction_session_timeout = '50ms'")
    time.sleep(0.5)
    execute("SELECT 1")


def statement_timeout() -> None:
    execute("SET LOCAL statement_timeout = '50ms'")
    execute("SELECT pg_sleep(10)")


def canceled_by_an_operator() -> None:
    execute("SELECT pg_cancel_backend(pg_backend_pid()), pg_sleep(10)")


def lock_timeout() -> None:
    with locked():
        execute("SET LOCAL lock_timeout = '50ms'")
        execute("SELECT * FROM customers")


@contextmanager
def locked() -> Iterator[None]:
    """Hold an ACCESS EXCLUSIVE lock on the customers in another connection."""
    holds, done = Event(), Event()

    def hold() -> None:
        with transaction.atomic():
            execute("LOCK TABLE customers IN ACCESS EXCLUSIVE MODE")
            holds.set()
            done.wait(30)
        connection.close()

    thread = Thread(target=hold)
    thread.start()
    assert holds.wait(10)
    try:
        yield
    finally:
        done.set()
        thread.join()


@pytest.mark.parametrize(
    ("state", "provoke"),
    [
        ("57P01", terminated),
        ("25P03", idle_in_a_transaction),
        ("57014", statement_timeout),
        ("57014", canceled_by_an_operator),
        ("55P03", lock_timeout),
    ],
)
def test_the_server_sends_this_sqlstate(state: str, provoke: Callable[[], None]) -> None:
    with pytest.raises(DatabaseError) as error, transaction.atomic():
        provoke()

    assert state_of(error.value) == sent(state)
    assert classify(error.value) is ErrorKind[SQLSTATES[state]]


def test_idle_session_timeout_ends_the_session_with_57p05() -> None:
    execute("SET idle_session_timeout = '50ms'")
    time.sleep(0.5)

    with pytest.raises(OperationalError) as error:
        execute("SELECT 1")
    connection.close()

    assert state_of(error.value) == sent("57P05")
    assert classify(error.value) is ErrorKind.LOST


@pytest.mark.parametrize("provoke", [terminated, idle_in_a_transaction, lock_timeout])
def test_the_body_runs_again_after_a_refusal(provoke: Callable[[], None]) -> None:
    waiting = [provoke]

    @retry_transaction
    def create() -> None:
        while waiting:
            waiting.pop()()
        Customer.objects.create(name="Carl")

    create()

    assert [customer.name for customer in Customer.objects.all()] == ["Carl"]


@pytest.mark.parametrize("provoke", [statement_timeout, canceled_by_an_operator])
def test_a_canceled_statement_is_not_retried(provoke: Callable[[], None]) -> None:
    runs = []

    @retry_transaction
    def create() -> None:
        runs.append(1)
        Customer.objects.create(name="Carl")
        provoke()

    with pytest.raises(OperationalError, match="canceling statement due to"):
        create()

    assert (len(runs), Customer.objects.count()) == (1, 0)


def test_a_lock_that_is_not_released_exhausts_the_retries() -> None:
    with locked(), pytest.raises(RetriesExhausted):

        @retry_transaction(deadline=0.5)
        def read() -> None:
            execute("SET LOCAL lock_timeout = '50ms'")
            execute("SELECT * FROM customers")

        read()


def test_a_canceled_request_is_a_503_with_retry_after(caplog: pytest.LogCaptureFixture) -> None:
    execute("SET statement_timeout = '50ms'")
    with locked():
        response = Api(Client()).get("/customer/")
    execute("RESET statement_timeout")

    assert "busy with other transactions" in problem(response, 503)["detail"]
    assert response["Retry-After"] == "1"
    assert "canceling statement due to statement timeout" in caplog.text


def test_a_stopping_server_refuses_connections_with_57p03(tmp_path: Path) -> None:
    with backend("postgresql").provider().server(tmp_path) as url, closing(connect(url)):
        postmaster(tmp_path).send_signal(signal.SIGTERM)  # the server waits for the open session
        time.sleep(0.5)

        with pytest.raises(connection.Database.OperationalError, match="shutting down") as error:
            connect(url)

    assert classify(error.value) is ErrorKind.LOST


def test_the_crash_of_another_session_ends_ours_with_57p02(tmp_path: Path) -> None:
    with (
        backend("postgresql").provider().server(tmp_path) as url,
        closing(connect(url)) as ours,
        closing(connect(url)) as other,
    ):
        ended = psutil.Process(ours.info.backend_pid)  # before the kill, which may end it at once
        psutil.Process(other.info.backend_pid).kill()
        psutil.wait_procs([ended], timeout=10)

        with pytest.raises(connection.Database.DatabaseError) as error:
            ours.cursor().execute("SELECT 1")

    assert classify(error.value) is ErrorKind.LOST


def connect(url: str) -> Any:
    return connection.Database.connect(url)


def postmaster(data: Path) -> psutil.Process:
    return psutil.Process(int((data / "cluster" / "postmaster.pid").read_text().split()[0]))
