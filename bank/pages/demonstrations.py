"""Demonstrations: pages with a form that starts something for show, one at a time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from bank.pages import threads
from bank.transactions.deadline import deadline

# A demonstration has a thread of this process. One at a time leaves the other thread to the clients
# (myproject/rsgi.py).
running = threading.Lock()


def show(
    request: HttpRequest,
    template: str,
    form: Form,
    run: Callable[..., dict[str, Any]],
    **context: Any,
) -> HttpResponse:
    """Return the page with the form; a valid POST runs the demonstration, which adds its result.

    The status is 422 if the form is invalid, and 503 while another demonstration is running.
    """
    context, status = {"form": form, **context}, 200
    if form.is_bound and not form.is_valid():
        status = 422
    elif form.is_bound and not running.acquire(blocking=False):
        status, context["busy"] = 503, True
    elif form.is_bound:
        try:
            # Of its threads; the calls of this one end at the request's own deadline.
            with deadline(time.monotonic() + threads.SECONDS, databases=()):
                context |= run(**form.cleaned_data)
        finally:
            running.release()
    page = render(request, template, context, status=status)
    if status == 503:
        page["Retry-After"] = "1"
    return page
