"""The log line of a request."""

from __future__ import annotations

import logging
import re
import time
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from bank.middleware.request_log import AddRequestId, Statements
from tests import faults
from tests.api import Api

LINE = re.compile(
    r"(?P<what>\w+ \S+ \d{3}) in [\d.]+ ms, (?P<statements>\d+) statements in [\d.]+ ms, "
    r"(?P<retries>\d+) retries"
)


def lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, str]]:
    matches = [LINE.fullmatch(record.getMessage()) for record in caplog.records]
    return [match.groupdict() for match in matches if match]


def test_a_request_logs_its_time_and_statements(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "bank"):
        api.get("/order/?limit=5")

    [line] = lines(caplog)
    assert (line["what"], line["retries"]) == ("GET /order/?limit=5 200", "0")
    # With version control a read is a transaction, which asks for its commit.
    assert line["statements"] == ("4" if "versioning" in settings.INSTALLED_APPS else "1")


@pytest.mark.django_db(transaction=True)
def test_a_request_logs_its_retries(caplog: pytest.LogCaptureFixture, client: Client) -> None:
    api = Api(client)
    with caplog.at_level(logging.INFO, "bank"), faults.at_commit(faults.conflict, times=2):
        api.post("/customer/", {"name": "Carl"})

    assert lines(caplog)[-1]["retries"] == "2"


def test_statements_are_logged_at_debug(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "bank"):
        api.get("/customer/")

    logged = [r.getMessage() for r in caplog.records if r.levelno == logging.DEBUG]
    assert len([text for text in logged if re.match(r"[\d.]+ ms: .*customers", text)]) == 1


def test_every_log_line_has_the_request_id(api: Api) -> None:
    record = logging.makeLogRecord({"msg": "anything, from anywhere"})

    response = api.get("/customer/", **{"X-Request-ID": "from-the-proxy"})

    assert AddRequestId().filter(record)
    assert record.request_id == response["X-Request-ID"] == "from-the-proxy"


def test_a_path_cannot_forge_a_log_line(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "bank"):
        api.get("/customer/1%0AGET /forged/")

    assert [line["what"] for line in lines(caplog)] == ["GET /customer/1%0AGET%20/forged/ 404"]


@pytest.mark.django_db(transaction=True)
def test_a_failed_request_is_logged_as_a_warning(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    api = Api(client)
    with caplog.at_level(logging.INFO, "bank"), faults.at_commit(faults.lost):
        api.post("/customer/", {"name": "Carl"})
        api.post("/customer/", {"name": "Dora"})

    assert levels(caplog) == {"POST /customer/ 503": "WARNING", "POST /customer/ 200": "INFO"}


def test_a_slow_request_is_logged_as_a_warning(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    def slowly(execute: Any, *statement: Any) -> Any:
        time.sleep(1)
        return execute(*statement)

    with caplog.at_level(logging.INFO, "bank"), connection.execute_wrapper(slowly):
        api.get("/customer/")

    assert levels(caplog) == {"GET /customer/ 200": "WARNING"}


def levels(caplog: pytest.LogCaptureFixture) -> dict[str, str]:
    found = [(LINE.fullmatch(r.getMessage()), r.levelname) for r in caplog.records]
    return {match["what"]: level for match, level in found if match}


def test_the_time_of_all_statements_is_summed() -> None:
    statements = Statements()

    for _ in range(3):
        statements(lambda sql: time.sleep(0.02), "SELECT 1")

    assert statements.number == 3
    assert statements.seconds >= 0.06
