"""myproject/rsgi.py in parts: how it converts a request, and the threads in which Django runs."""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import threading
import time
import weakref
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from pytest_django import Settings

from myproject import rsgi
from myproject.environ import environ_of
from myproject.threads import Threads


class Headers(dict[str, list[str]]):
    """Headers as granian has them: names in lower case, each with all of its values."""

    def get_all(self, name: str) -> list[str]:
        return self[name]


def scope(**more: Any) -> Any:
    headers = {name.replace("_", "-"): values for name, values in more.pop("headers", {}).items()}
    usual = {"method": "POST", "path": "/", "query_string": "", "http_version": "1.1"}
    places = {"server": "[::]:8000", "client": "[2001:db8::1]:51234", "authority": "bank"}
    return SimpleNamespace(
        **{**usual, **places, "scheme": "http", "headers": Headers(headers), **more}
    )


class Protocol:
    """A client that sends this body, stays connected, and records the response."""

    def __init__(self, body: bytes = b"") -> None:
        self.body, self.answers = body, []

    async def __call__(self) -> bytes:
        return self.body

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.answers.append((status, dict(headers), body))

    async def client_disconnect(self) -> None:
        await asyncio.Event().wait()


def answer(monkeypatch: pytest.MonkeyPatch, django: Callable[..., Any], body: bytes = b"") -> Any:
    """Return status, headers and body of the front's response, with this in place of Django."""
    monkeypatch.setattr(rsgi, "django", django)
    protocol = Protocol(body)
    length = {"content_length": [str(len(body))]}
    asyncio.run(rsgi.Front().__rsgi__(scope(headers=length), protocol))
    [sent] = protocol.answers
    return sent


class Response(list[bytes]):
    def close(self) -> None:
        """Do nothing; WSGI requires the method."""


def test_a_body_of_exactly_the_limit_is_read_and_its_arrival_time_recorded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    body, began, seen = b"x" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE, time.monotonic(), []

    def django(environ: dict[str, Any], start_response: Callable[..., Any]) -> Response:
        seen.append((environ["wsgi.input"].read(), environ["bank.arrived"]))
        start_response("200 OK", [("X-A", "b")])
        return Response([b"do", b"ne"])

    assert answer(monkeypatch, django, body) == (200, {"X-A": "b"}, b"done")

    [(read, arrived)] = seen
    assert read == body
    assert began <= arrived <= time.monotonic()


def test_an_exception_that_django_does_not_handle_is_a_500(monkeypatch: pytest.MonkeyPatch) -> None:
    def django(environ: dict[str, Any], start_response: Callable[..., Any]) -> Response:
        raise RuntimeError("a defect before any middleware")

    status, headers, body = answer(monkeypatch, django)

    assert (status, headers["Content-Type"]) == (500, "application/problem+json")
    assert json.loads(body)["status"] == 500
    assert b"defect" not in body


def test_a_request_without_a_thread_at_its_deadline_is_a_503_and_not_executed(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.REQUEST_DEADLINE = 1.0
    executed: list[str] = []
    finish = threading.Event()

    def django(environ: dict[str, Any], start_response: Callable[..., Any]) -> Response:
        executed.append(environ["PATH_INFO"])
        finish.wait(30)
        start_response("200 OK", [])
        return Response()

    async def late_request() -> list[Any]:
        front, late = rsgi.Front(), Protocol()
        busy = [
            asyncio.create_task(front.__rsgi__(scope(path="/busy"), Protocol()))
            for _ in range(rsgi.THREADS)
        ]
        while len(executed) < rsgi.THREADS:
            await asyncio.sleep(0.01)
        await front.__rsgi__(scope(path="/late"), late)
        finish.set()
        await asyncio.gather(*busy)
        return late.answers

    monkeypatch.setattr(rsgi, "django", django)
    [(status, headers, body)] = asyncio.run(late_request())

    assert (status, headers["Retry-After"]) == (503, "1")
    assert json.loads(body)["detail"] == "The server is busy; try again."
    assert executed == ["/busy"] * rsgi.THREADS


def test_the_deadline_counts_from_the_arrival_of_the_request(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.REQUEST_DEADLINE = 30.0
    monkeypatch.setattr(rsgi, "THREADS", 0)
    late = Protocol()

    async def arrived_a_minute_ago() -> None:
        environ = {"PATH_INFO": "/late", "bank.arrived": time.monotonic() - 60}
        async with asyncio.timeout(15):
            await rsgi.Front()._run(environ, late)

    with caplog.at_level(logging.WARNING, "bank.front"):
        asyncio.run(arrived_a_minute_ago())

    assert [status for status, _, _ in late.answers] == [503]
    assert caplog.messages == ["No thread was free within 30 s"]


def test_nothing_waits_for_the_client_after_a_slow_response(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def django(environ: dict[str, Any], start_response: Callable[..., Any]) -> Response:
        time.sleep(0.2)
        start_response("200 OK", [])
        return Response()

    async def left_over() -> int:
        await rsgi.Front().__rsgi__(scope(), Protocol())
        await asyncio.sleep(0.1)
        return len(asyncio.all_tasks())

    monkeypatch.setattr(rsgi, "django", django)
    monkeypatch.setattr("myproject.threads.CHECK_SECONDS", 0.05)

    assert asyncio.run(left_over()) == 1


def test_a_thread_survives_a_job_that_raises() -> None:
    async def two_jobs() -> list[int]:
        threads, done = Threads(1, "test"), []
        failing, next_one = threads.submit(int, "x"), threads.submit(done.append, 1)
        async with asyncio.timeout(5):
            await failing.ended
            await next_one.ended
        return done

    assert asyncio.run(two_jobs()) == [1]


def test_a_cancelled_job_has_ended_before_a_thread_is_free_and_never_runs() -> None:
    finish, ran = threading.Event(), []

    async def cancelled() -> tuple[bool, bool, bool]:
        threads = Threads(1, "test")
        threads.submit(finish.wait, 30)
        waiting = threads.submit(ran.append, "cancelled")
        results = waiting.cancel(), waiting.ended.cancelled(), waiting.cancel()
        finish.set()
        async with asyncio.timeout(5):
            await threads.submit(ran.append, "next").ended
            await threads.submit(ran.append, "last").ended
        return results

    assert asyncio.run(cancelled()) == (True, True, False)
    assert ran == ["next", "last"]


def test_a_running_job_is_called_slow_once_and_ends_when_its_function_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("myproject.threads.CHECK_SECONDS", 0.02)
    finish, slow = threading.Event(), []

    async def running() -> tuple[Any, bool]:
        threads = Threads(1, "test")
        job = threads.submit(finish.wait, 30, slow=slow.append)
        await asyncio.sleep(0.3)
        ended = job.ended.done()
        finish.set()
        async with asyncio.timeout(5):
            await job.ended
        return job, ended

    job, ended_early = asyncio.run(running())

    assert (slow, ended_early) == ([job], False)


def test_a_job_ends_when_another_is_submitted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("myproject.threads.CHECK_SECONDS", 600)

    async def two_jobs() -> None:
        threads = Threads(1, "test")
        first = threads.submit(int)
        async with asyncio.timeout(5):
            while not first.ended.done():
                await asyncio.sleep(0.01)
                threads.submit(int)

    asyncio.run(two_jobs())


def test_many_jobs_have_one_timer_and_none_is_left_when_they_have_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def timers() -> list[int]:
        loop, threads, calls = asyncio.get_running_loop(), Threads(1, "test"), []
        call_later = loop.call_later

        def counted(seconds: float, function: Any, *arguments: Any) -> asyncio.TimerHandle:
            calls.append(getattr(function, "__self__", None) is threads)
            return call_later(seconds, function, *arguments)

        monkeypatch.setattr(loop, "call_later", counted)
        counts = []
        for _ in range(2):  # the second time after it was idle
            jobs = [threads.submit(int) for _ in range(5)]
            async with asyncio.timeout(5):
                await asyncio.gather(*(job.ended for job in jobs))
            counts.append(sum(calls))
        return counts

    assert asyncio.run(timers()) == [1, 2]


def test_a_job_that_has_ended_is_not_kept() -> None:
    async def kept() -> Any:
        threads = Threads(1, "test")
        first = threads.submit(int)
        await first.ended
        reference = weakref.ref(first)
        del first
        await threads.submit(int).ended
        gc.collect()
        return reference()

    assert asyncio.run(kept()) is None


def test_threads_do_not_prevent_the_process_from_exiting() -> None:
    async def stuck() -> bool:
        threads, daemons = Threads(1, "test"), []
        await threads.submit(lambda: daemons.append(threading.current_thread().daemon)).ended
        return daemons[0]

    assert asyncio.run(stuck())


def test_repeated_headers_are_joined_with_the_separator_of_their_kind() -> None:
    twice = {"cookie": ["a=1", "b=2"], "accept": ["x/y", "z/*"], "content_type": ["text/plain"]}

    environ = environ_of(scope(headers=twice))

    assert (environ["HTTP_COOKIE"], environ["HTTP_ACCEPT"]) == ("a=1;b=2", "x/y,z/*")
    assert (environ["CONTENT_TYPE"], "HTTP_CONTENT_TYPE" in environ) == ("text/plain", False)


@pytest.mark.parametrize(
    ("client", "address"), [("[2001:db8::1]:51234", "2001:db8::1"), ("192.0.2.1:5", "192.0.2.1")]
)
def test_remote_addr_has_no_port(client: str, address: str) -> None:
    assert environ_of(scope(client=client))["REMOTE_ADDR"] == address


def test_path_and_query_are_utf_8_bytes_decoded_as_latin_1() -> None:
    environ = environ_of(scope(path="/Zoë/☃", query_string="q=ë"))

    assert environ["PATH_INFO"].encode("latin-1").decode() == "/Zoë/☃"
    assert environ["QUERY_STRING"].encode("latin-1").decode() == "q=ë"
