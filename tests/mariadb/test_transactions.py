"""Which errors and statements end a transaction of MariaDB, and which do not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread

import pytest
from django.db import IntegrityError, OperationalError, ProgrammingError, connection, transaction

from bank.errors import SwallowedError
from bank.models import Customer
from bank.transactions import retry_transaction
from bank.transactions.error_kinds import ErrorKind, broken_constraint, classify
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def names() -> list[str]:
    return list(Customer.objects.order_by("pk").values_list("name", flat=True))


@contextmanager
def row_lock(customer: Customer) -> Iterator[Event]:
    """Lock this row in another connection until the event is set or the block ends."""
    writes, done = Event(), Event()

    def write() -> None:
        with transaction.atomic():
            Customer.objects.filter(pk=customer.pk).update(name="Dora")
            writes.set()
            done.wait(20)
        connection.close()

    thread = Thread(target=write)
    thread.start()
    assert writes.wait(5)
    try:
        yield done
    finally:
        done.set()
        thread.join()


def wait_for_locks(seconds: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET SESSION innodb_lock_wait_timeout = %s", [seconds])


def test_a_lock_wait_timeout_is_a_conflict() -> None:
    carl = Customer.objects.create(name="Carl")
    wait_for_locks(1)

    with (
        row_lock(carl),
        pytest.raises(OperationalError, match="1205") as refused,
        transaction.atomic(),
    ):
        Customer.objects.update(name="Emil")

    assert classify(refused.value) is ErrorKind.CONFLICT
    assert names() == ["Dora"]
    connection.close()


def test_a_lock_wait_timeout_rolls_back_the_statement_and_not_the_transaction() -> None:
    # https://mariadb.com/docs/server/server-usage/storage-engines/innodb/innodb-system-variables#innodb_rollback_on_timeout
    carl = Customer.objects.create(name="Carl")
    wait_for_locks(1)

    with row_lock(carl), transaction.atomic():
        Customer.objects.create(name="Emil")
        with connection.cursor() as cursor, pytest.raises(OperationalError, match="1205"):
            cursor.execute("UPDATE customers SET name = 'Fritz' WHERE name = 'Carl'")
        aborted = connection.transaction_aborted

    assert not aborted
    assert names() == ["Dora", "Emil"]
    connection.close()


def test_a_function_that_catches_a_lock_wait_timeout_is_run_again_completely() -> None:
    carl = Customer.objects.create(name="Carl")
    wait_for_locks(1)
    runs = []

    with row_lock(carl) as done:

        @retry_transaction
        def body() -> None:
            runs.append("run")
            Customer.objects.create(name="Emil")
            try:
                Customer.objects.filter(name__in=["Carl", "Dora"]).update(name="Fritz")
            except OperationalError:
                done.set()

        body()

    assert len(runs) == 2
    assert names() == ["Fritz", "Emil"]
    connection.close()


def test_a_statement_that_commits_and_a_caught_error_are_a_swallowed_error() -> None:
    @retry_transaction
    def body() -> None:
        Customer.objects.create(name="Carl")
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE committed (id int)")
        with connection.cursor() as cursor, suppress(ProgrammingError):
            cursor.execute("SELECT * FROM no_such_table")

    with pytest.raises(SwallowedError):
        body()

    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE committed")
    assert names() == ["Carl"]


def test_a_change_of_the_schema_commits_the_transaction() -> None:
    with pytest.raises(LookupError), transaction.atomic():
        Customer.objects.create(name="Carl")
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE committed (id int)")
        raise LookupError

    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE committed")
    assert names() == ["Carl"]
    assert not connection.features.can_rollback_ddl


def test_an_error_caught_around_its_own_block_leaves_the_transaction_usable() -> None:
    @retry_transaction
    def body() -> None:
        try:
            with transaction.atomic():
                Customer.objects.create(name="")
        except IntegrityError as error:
            assert broken_constraint(error) == "customer_name_not_empty"
        Customer.objects.create(name="Carl")

    body()

    assert names() == ["Carl"]


def test_a_transaction_whose_connection_is_lost_before_commit_is_retried() -> None:
    ended: list[int] = []

    @retry_transaction
    def create() -> None:
        Customer.objects.create(name="Carl")
        if not ended:
            ended.append(connection.connection.thread_id())
            at_once(end, ended, threads=1)
        Customer.objects.create(name="Dora")

    create()

    assert names() == ["Carl", "Dora"]


def test_a_connection_lost_before_the_transaction_began_is_replaced() -> None:
    connection.ensure_connection()
    at_once(end, [connection.connection.thread_id()], threads=1)

    retry_transaction(Customer.objects.create)(name="Carl")

    assert names() == ["Carl"]


def end(number: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("KILL %s", [number])
