"""Connections that the server closes."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

import pytest
from django.db import connection

from backends.mysql.driver import connect
from bank.models import Customer
from bank.transactions import retry_transaction
from tests.serving import Server
from tests.threads import at_once


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_loses_its_connection_before_commit_is_retried() -> None:
    ended = []

    @retry_transaction
    def create() -> None:
        Customer.objects.create(name="Carl")
        if not ended:
            ended.append(connection.connection.thread_id())
            at_once(end, ended, threads=1)
        Customer.objects.create(name="Dora")

    create()

    assert list(Customer.objects.values_list("name", flat=True)) == ["Carl", "Dora"]


@pytest.mark.django_db(transaction=True)
def test_a_connection_lost_before_the_transaction_began_is_replaced() -> None:
    connection.ensure_connection()
    at_once(end, [connection.connection.thread_id()], threads=1)

    retry_transaction(Customer.objects.create)(name="Carl")

    assert Customer.objects.get().name == "Carl"


def end(number: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("KILL %s", [number])


def test_closed_connections_are_replaced_without_an_error(server: Server) -> None:
    server.start("--no-demo")
    for _ in range(20):
        server.call("GET", "/customer/")

    with connect(owner(server)).cursor() as cursor:
        cursor.execute("SELECT id FROM information_schema.processlist WHERE id <> CONNECTION_ID()")
        ended = cursor.fetchall()
        for number in ended:
            cursor.execute("KILL %s", number)

    assert [server.call("GET", "/customer/") for _ in range(20)] == [[]] * 20
    assert ended


def owner(server: Server) -> SplitResult:
    address = urlsplit(server.database_url())
    password = (server.data / "dolt" / "password").read_text()
    return address._replace(netloc=f"root:{password}@{address.hostname}:{address.port}")
