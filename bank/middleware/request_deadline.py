"""Every request has a deadline, also when its database does not respond."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from bank.transactions.deadline import deadline


class RequestDeadline:
    """Gives a request settings.REQUEST_DEADLINE seconds, counted from its arrival.

    The deadline bounds the request's waiting for a thread, its retries and its database calls; it
    does not interrupt Python code. The server puts the arrival into META["bank.arrived"], in
    seconds of time.monotonic(); without it the time is counted from here.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        arrived = request.META.get("bank.arrived", time.monotonic())
        with deadline(arrived + settings.REQUEST_DEADLINE):
            return self.get_response(request)
