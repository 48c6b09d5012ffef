"""The RSGI application, which granian runs: Django in threads that slow clients cannot occupy.

An event loop reads each request completely before one of the few threads runs Django for it. So a
client that sends nothing, or a byte per second, occupies a connection but no thread.
The protocol: https://github.com/emmett-framework/granian/blob/master/docs/spec/RSGI.md
"""

from __future__ import annotations

import multiprocessing
import signal

# A worker that is stopped before it serves ends at once. Until it serves it has the signal handlers
# of granian's main process, which stop no worker: granian would kill it 10 s later.
if granian := multiprocessing.parent_process():
    signal.signal(signal.SIGTERM, signal.SIG_DFL)

import asyncio
import logging
import os
import time
from contextlib import suppress
from functools import partial
from io import BytesIO
from typing import Any

from django.conf import settings
from django.http import HttpResponse

from bank.api.problems import Problem
from myproject.environ import environ_of
from myproject.threads import Job, Threads
from myproject.wsgi import application as django

logger = logging.getLogger("bank.front")

THREADS = 2  # per process: one waits for the database while the other computes
BODY_SECONDS = 10.0  # timeout for the body, from the end of the header
ORPHAN_SECONDS = 0.5  # between two checks whether granian's parent process still runs
DISCARDED_BYTES = 16 * 1024 * 1024  # of a body that is too large, so that the client reads the 413


class Front:
    """An RSGI application: `granian --interface rsgi myproject.rsgi:application`.

    - A body that is not complete after BODY_SECONDS is a 408; its connection is closed.
    - A body that Django will refuse (413, 411) is read and discarded before Django answers.
    - A request that gets no thread within settings.REQUEST_DEADLINE seconds of its arrival is a
      503 with Retry-After, and is never run. Neither is one whose client has disconnected, if it
      has waited for a thread for half a second (CHECK_SECONDS).
    - /ping/ has a thread of its own and does not wait for the others.

    `bank.arrived` in the environ is when the request was complete, in seconds of time.monotonic().
    """

    def __init__(self) -> None:
        self.threads = Threads(THREADS, "django")
        self.ping = Threads(1, "ping")

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        if granian := multiprocessing.parent_process():
            _end_without(granian.pid, loop)

    async def __rsgi__(self, scope: Any, proto: Any) -> None:
        environ = environ_of(scope)
        try:
            body = await _read(environ, proto)
        except TimeoutError:
            late = Problem(408, f"The body did not arrive within {BODY_SECONDS:g} s.")
            return _send(proto, late.response(), close=True)
        except RuntimeError:  # the client disconnected before the end of its body
            return None
        environ["wsgi.input"] = BytesIO(body)
        environ["bank.arrived"] = time.monotonic()
        await self._run(environ, proto)

    async def _run(self, environ: dict[str, Any], proto: Any) -> None:
        pings = environ["PATH_INFO"] in ("/ping", "/ping/")
        threads = self.ping if pings else self.threads
        job = threads.submit(_answer, environ, proto, slow=partial(_guard, environ, proto))
        with suppress(asyncio.CancelledError):
            await job.ended


application = Front()


def _end_without(parent: int | None, loop: asyncio.AbstractEventLoop) -> None:
    """Kill this worker if granian was killed; it would keep the port and continue to write."""
    if os.getppid() == parent:
        loop.call_later(ORPHAN_SECONDS, _end_without, parent, loop)
    else:
        signal.raise_signal(signal.SIGKILL)  # granian ignores a SIGTERM before it serves


async def _read(environ: dict[str, Any], proto: Any) -> bytes:
    """Return the body, or b"" if Django will refuse it.

    Raises TimeoutError after BODY_SECONDS, and RuntimeError if the client disconnects.
    """
    chunked = "HTTP_TRANSFER_ENCODING" in environ
    length = environ.get("CONTENT_LENGTH", "0")
    if length == "0" and not chunked:
        return b""
    if not chunked and length.isdecimal() and int(length) <= settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        async with asyncio.timeout(BODY_SECONDS):
            return bytes(await proto())
    with suppress(TimeoutError):
        async with asyncio.timeout(BODY_SECONDS):
            await _discard(proto)
    return b""


async def _discard(proto: Any) -> None:
    seen = 0
    async for chunk in proto:
        seen += len(chunk)
        if seen > DISCARDED_BYTES:
            break


def _guard(environ: dict[str, Any], proto: Any, job: Job) -> None:
    guard = job.loop.create_task(_cancel_in_time(environ, proto, job))
    job.ended.add_done_callback(lambda _: guard.cancel())


async def _cancel_in_time(environ: dict[str, Any], proto: Any, job: Job) -> None:
    """Cancel a job that has not begun when its client disconnects, or at its deadline."""
    left = environ["bank.arrived"] + settings.REQUEST_DEADLINE - time.monotonic()
    with suppress(TimeoutError):
        async with asyncio.timeout(left):
            await proto.client_disconnect()
            job.cancel()
            return
    if job.cancel():
        logger.warning("No thread was free within %g s", settings.REQUEST_DEADLINE)
        busy = Problem(503, "The server is busy; try again.", headers={"Retry-After": "1"})
        _send(proto, busy.response())


def _answer(environ: dict[str, Any], proto: Any) -> None:
    """Run Django, in a thread, and send its response."""
    head: list[Any] = []
    try:
        response: Any = django(environ, lambda status, headers: head.extend((status, headers)))
        try:
            content = b"".join(response)
            proto.response_bytes(int(head[0][:3]), head[1], content)
        finally:
            response.close()
    except Exception:
        logger.exception("A request failed outside of Django's own handling")
        _send(proto, Problem(500).response())


def _send(proto: Any, response: HttpResponse, *, close: bool = False) -> None:
    headers = [*response.items(), *([("Connection", "close")] if close else [])]
    proto.response_bytes(response.status_code, headers, response.content)
