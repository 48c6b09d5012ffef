"""An id for every request, and a log line with its status, time, statements and retries."""

from __future__ import annotations

import logging
import random
import re
import time
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.http import HttpRequest, HttpResponse

from bank.transactions.retry import retries_here

logger = logging.getLogger("bank.request_log")
request_id: ContextVar[str] = ContextVar("request_id", default="-")


class Statements:
    """Counts the statements of a request and sums their seconds; logs each at DEBUG."""

    def __init__(self) -> None:
        self.number = 0
        self.seconds = 0.0

    def __call__(self, execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        start = time.perf_counter()
        try:
            return execute(sql, *rest)
        finally:
            took = time.perf_counter() - start
            self.number += 1
            self.seconds += took
            logger.debug("%.1f ms: %s", took * 1e3, sql)


class RequestLog:
    """Gives each request an id: the valid X-Request-ID that a proxy has set, or a random one.

    The id is in the response's X-Request-ID and in every log line of the request. Logs a line per
    request at INFO, or at WARNING if it took a second or more or its status is 500 or above.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        identity = _identity(request)
        request_id.set(identity)
        retries_here.set(0)
        statements, start = Statements(), time.perf_counter()
        wrappers = connections[DEFAULT_DB_ALIAS].execute_wrappers
        wrappers.append(statements)  # as execute_wrapper() does, in half of its time
        try:
            response = self.get_response(request)
        finally:
            wrappers.pop()
        response["X-Request-ID"] = identity
        _log(request, response, statements, time.perf_counter() - start)
        return response


class AddRequestId(logging.Filter):
    """Puts the id of the running request into every log record."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        return True


class OneLineRefusals(logging.Filter):
    """Removes the traceback of requests that Django refused (too many fields, …) from the log.

    Any client could fill the log with these tracebacks, and none of them reports a bug here.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.startswith("django.security."):
            record.exc_info = None
        return True


def _identity(request: HttpRequest) -> str:
    given = request.META.get("HTTP_X_REQUEST_ID", "")
    return (
        given
        if re.fullmatch(r"[\w.:-]{1,100}", given, re.ASCII)
        else f"{random.getrandbits(128):032x}"
    )


def _log(
    request: HttpRequest, response: HttpResponse, statements: Statements, seconds: float
) -> None:
    bad = seconds >= 1 or response.status_code >= 500
    level = logging.WARNING if bad else logging.INFO
    if logger.isEnabledFor(level):
        logger.log(
            level,
            "%s %s %d in %.1f ms, %d statements in %.1f ms, %d retries",
            request.method,
            request.get_full_path(),  # percent-encoded: a path cannot forge a log line
            response.status_code,
            seconds * 1e3,
            statements.number,
            statements.seconds * 1e3,
            retries_here.get(),
        )
