"""A statement on the kept cursor behaves like one on Django's cursor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError

from bank.engine import Engine

Execute = Callable[[str, list[Any]], list[tuple[Any, ...]]]


def on_kept_cursor(sql: str, parameters: list[Any]) -> list[tuple[Any, ...]]:
    return Engine().rows(sql, parameters)


def on_djangos_cursor(sql: str, parameters: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


EXECUTE = pytest.mark.parametrize("execute", [on_kept_cursor, on_djangos_cursor])


@EXECUTE
@pytest.mark.django_db
def test_the_outer_wrapper_sees_a_statement_first_and_its_rows_last(execute: Execute) -> None:
    seen: list[Any] = []

    def wrapper(name: str) -> Callable[..., Any]:
        def wrap(run: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
            seen.append((name, sql, parameters, many, context["connection"].alias))
            result = run(sql, parameters, many, context)
            seen.append(f"{name} ends")
            return result

        return wrap

    with connection.execute_wrapper(wrapper("outer")), connection.execute_wrapper(wrapper("inner")):
        rows = execute("SELECT %s + 1", [1])

    statement = ("SELECT %s + 1", [1], False, "default")
    assert rows == [(2,)]
    assert seen == [("outer", *statement), ("inner", *statement), "inner ends", "outer ends"]


@EXECUTE
@pytest.mark.django_db
def test_no_statement_is_executed_after_an_error_until_the_rollback(execute: Execute) -> None:
    with transaction.atomic():
        transaction.set_rollback(True)
        with pytest.raises(TransactionManagementError):
            execute("SELECT 1 WHERE 1 = %s", [1])

    assert execute("SELECT 1 WHERE 1 = %s", [1]) == [(1,)]
