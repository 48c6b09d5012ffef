"""The time that a request has: one deadline for its queues, its transactions and its statements."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from contextlib import nullcontext
from contextvars import ContextVar

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse

_deadline: ContextVar[float] = ContextVar("deadline", default=math.inf)


def remaining() -> float:
    """Seconds until the running request is over, negative after that; infinite outside of one.

    Commands and other code that no request waits for have all the time they need.
    """
    return _deadline.get() - time.monotonic()


class RequestDeadline:
    """Gives a request settings.REQUEST_DEADLINE seconds, counted from its arrival.

    The server says when that was in META["bank.arrived"], in seconds of time.monotonic(); without
    it the time begins here. What the database does for the request is limited by its engine:
    `connection.time_limit(seconds)` is a context manager that ends every statement, COMMIT and
    attempt to connect at that time, also where the server does not react. An engine without it
    is not limited.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        arrived = request.META.get("bank.arrived", time.monotonic())
        token = _deadline.set(arrived + settings.REQUEST_DEADLINE)
        limit = getattr(connection, "time_limit", lambda seconds: nullcontext())
        try:
            with limit(remaining()):
                return self.get_response(request)
        finally:
            _deadline.reset(token)
