"""Why the tutorial's retry_on_exception never retries; docs/transactions.md explains it."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

import pytest
from django.db import Error, IntegrityError, connection, transaction
from django.http import HttpResponse

from bank.transactions import retry_transaction

pytestmark = pytest.mark.django_db(transaction=True)
SERIALIZATION_FAILURE = "40001"


def retry_on_exception(view: Callable[[], HttpResponse]) -> Callable[[], HttpResponse]:
    """The tutorial's decorator, shortened, and with its missing import added.

    https://github.com/cockroachlabs/example-app-python-django (views.py)
    """

    @wraps(view)
    def wrapper() -> Any:
        for attempt in range(3):
            try:
                return view()
            except IntegrityError as error:
                if getattr(error.__cause__, "pgcode", None) == SERIALIZATION_FAILURE:
                    time.sleep(0.01 * 1.5**attempt)
            except Error:
                return HttpResponse(status=500)
        return HttpResponse(status=500)

    return wrapper


class View:
    """A view that the server refuses twice with a real 40001, and accepts the third time."""

    def __init__(self) -> None:
        self.runs = 0

    def __call__(self) -> HttpResponse:
        self.runs += 1
        if self.runs < 3:
            with connection.cursor() as cursor:
                cursor.execute("DO $$ BEGIN RAISE 'again' USING ERRCODE = '40001'; END $$")
        return HttpResponse("done")


def test_the_tutorials_decorator_gives_up_at_the_first_40001() -> None:
    # 40001 arrives as OperationalError, not as IntegrityError, and psycopg 3 has no `pgcode`.
    view = View()

    response = retry_on_exception(transaction.atomic(view))()

    assert (view.runs, response.status_code) == (1, 500)


def test_retry_transaction_runs_the_view_until_it_is_accepted() -> None:
    view = View()

    response = retry_transaction(view)()

    assert (view.runs, response.status_code, response.content) == (3, 200, b"done")


def test_the_tutorials_decorator_retries_an_error_that_is_permanent() -> None:
    runs = []

    @retry_on_exception
    def duplicate() -> HttpResponse:
        runs.append(1)
        raise IntegrityError("duplicate key")

    assert (duplicate().status_code, len(runs)) == (500, 3)
