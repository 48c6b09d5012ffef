"""myproject/rsgi.py, between clients and Django, tested with sockets. It depends on no database."""

from __future__ import annotations

import json
import re
import signal
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import psutil
import pytest
from django.db import connection as django

from tests.serving import Server, ended
from tests.wire import Answer, Wire, ask, request

MIB = 1024 * 1024
# Twice as many as there are threads, because connections are distributed randomly to processes.
CONNECTIONS = 40
FORGED = {"Cookie": f"csrftoken={'x' * 32}", "Content_Type": "application/x-www-form-urlencoded"}


def problem(answer: Answer | None, status: int) -> str:
    """Return the detail of this problem document, which must have this status."""
    assert answer
    assert (answer.status, answer.headers["content-type"]) == (status, "application/problem+json")
    return str(json.loads(answer.body)["detail"])


def slowest(port: int, path: str, times: int = 40) -> float:
    """Make GETs, each on its own connection; return the seconds of the slowest."""
    took = []
    for _ in range(times):
        start = time.monotonic()
        assert ask(port, request("GET", path)).status == 200
        took.append(time.monotonic() - start)
    return max(took)


@pytest.fixture(scope="module", autouse=True)
def silent(running: Server) -> Iterator[Future[tuple[list[Answer | None], float]]]:
    """Return how the server closes two idle connections, and after how many seconds.

    They are opened before the first test, because this takes 10 s.
    """
    with (
        Wire(running.port, timeout=30) as silent,
        Wire(running.port, timeout=30) as after_an_answer,
        ThreadPoolExecutor(1) as pool,
    ):
        after_an_answer.send(request("GET", "/ping/"))
        after_an_answer.answer()
        start = time.monotonic()

        def ends() -> tuple[list[Answer | None], float]:
            return [silent.answer(), after_an_answer.answer()], time.monotonic() - start

        yield pool.submit(ends)


def test_200_slow_clients_get_a_408_and_do_not_delay_others(running: Server) -> None:
    before = slowest(running.port, "/customer/")
    silent = [
        request("POST", "/customer/", Content_Length="100"),
        request("POST", "/admin/login/", Content_Length="100", **FORGED),
    ]
    idle = [Wire(running.port) for _ in range(100)]
    slow_bodies = [Wire(running.port) for _ in range(50)]
    slow_headers = [Wire(running.port) for _ in range(50)]
    for number, wire in enumerate(idle + slow_bodies):
        wire.send(silent[number % 2])
    opened = time.monotonic()

    during = []
    while time.monotonic() - opened < 5:
        for wire in slow_bodies:
            wire.send(b"x")
        for wire in slow_headers:
            wire.send(b"G")
        during.append(slowest(running.port, "/customer/", times=20))
        time.sleep(1)

    print(f"slowest GET: {before * 1e3:.1f} ms before, {max(during) * 1e3:.1f} ms beside 200")
    assert max(during) < before + 1
    for wire in idle + slow_bodies:
        assert "did not arrive within 10 s" in problem(wire.answer(), 408)
        assert wire.answer() is None
    for wire in slow_headers:
        answer = wire.answer()
        assert answer is None or answer.status == 408
    assert 9 < time.monotonic() - opened < 20
    for wire in idle + slow_bodies + slow_headers:
        wire.socket.close()


def test_1000_idle_connections_do_not_delay_others(running: Server) -> None:
    assert ask(running.port, request("GET", "/ping/")).status == 200
    idle = [Wire(running.port) for _ in range(1000)]
    for wire in idle:
        wire.send(request("GET", "/ping/"))
    assert all(answer and answer.status == 200 for answer in [wire.answer() for wire in idle])

    longest = slowest(running.port, "/customer/")

    for wire in idle:
        wire.socket.close()
    assert longest < 1


@pytest.mark.parametrize("size", [1, 3, 15])
def test_a_client_that_sends_a_too_large_body_always_receives_the_413(
    running: Server, size: int
) -> None:
    body = b"x" * (size * MIB + 1)

    answers = [ask(running.port, request("POST", "/customer/", body)) for _ in range(10)]

    assert {problem(answer, 413) for answer in answers} == {"A body has at most 1048576 bytes."}


def test_the_admin_refuses_a_large_form_too(running: Server) -> None:
    form = b'--x\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n' + b"x" * 3 * MIB
    multipart = {**FORGED, "Content_Type": "multipart/form-data; boundary=x"}

    answers = [
        ask(running.port, request("POST", "/admin/login/", form, **multipart)) for _ in range(10)
    ]

    assert {problem(answer, 413) for answer in answers} == {"A body has at most 1048576 bytes."}


def test_an_endless_body_is_read_up_to_16_mebibytes(running: Server) -> None:
    chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
    sent = 0

    with Wire(running.port, timeout=20) as wire, pytest.raises(OSError):
        wire.send(request("POST", "/customer/", Transfer_Encoding="chunked", Content_Length="9"))
        while sent < 200 * MIB:
            wire.send(chunk)
            sent += 65536

    assert 16 * MIB < sent < 100 * MIB


def test_a_chunked_body_is_a_411_and_the_connection_stays_usable(running: Server) -> None:
    head = request("POST", "/customer/").replace(
        b"Content-Length: 0", b"Transfer-Encoding: chunked"
    )
    chunk = b"100000\r\n" + b"x" * MIB + b"\r\n"

    with Wire(running.port) as wire:
        wire.send(head, chunk * 3, b"0\r\n\r\n")
        refused = wire.answer()
        wire.send(request("GET", "/ping/"))
        next_answer = wire.answer()

    assert "Content-Length" in problem(refused, 411)
    assert next_answer and next_answer.status == 200


def test_a_content_length_beside_chunked_encoding_is_ignored(running: Server) -> None:
    both = request("POST", "/customer/", Transfer_Encoding="chunked", Content_Length="3")

    refused = ask(running.port, both, b"3\r\n{} \r\n0\r\n\r\n")

    assert refused.status in (400, 411)
    assert b"not JSON" not in refused.body


def test_a_request_with_an_incomplete_body_is_not_executed(running: Server) -> None:
    with Wire(running.port) as wire:
        wire.send(request("POST", "/customer/", b'{"name":"Half"}', Content_Length="20"))
    time.sleep(0.5)

    assert b"Half" not in ask(running.port, request("GET", "/customer/")).body


def test_a_header_with_an_underscore_is_dropped(running: Server) -> None:
    head = b"GET /ping/ HTTP/1.1\r\nHost: localhost\r\n"

    dropped = ask(running.port, head, b"X_Request_ID: mine\r\n\r\n")
    taken = ask(running.port, head, b"X-Request-ID: mine\r\n\r\n")

    assert (dropped.headers["x-request-id"] != "mine", taken.headers["x-request-id"]) == (
        True,
        "mine",
    )


def test_a_header_that_is_not_ascii_is_passed_on_as_empty(running: Server) -> None:
    pen = b'{"name":"Pen","price":"1.00"}'
    location = ask(running.port, request("POST", "/product/", pen)).headers["location"]

    changed = ask(running.port, request("PUT", location, pen, If_Match='"é"'))

    assert changed.status == 412


@contextmanager
def locked(server: Server, table: str = "customers") -> Iterator[None]:
    """Hold an ACCESS EXCLUSIVE lock on the table during the block."""
    with closing(django.Database.connect(server.database_url())) as other:
        other.cursor().execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        yield


@contextmanager
def all_threads_busy(server: Server) -> Iterator[None]:
    """Let every thread wait for a lock, which is released at the end of the block."""
    waiting = [Wire(server.port) for _ in range(CONNECTIONS)]
    with locked(server):
        for wire in waiting:
            wire.send(request("GET", "/customer/"))
        time.sleep(0.3)
        yield
    for wire in waiting:
        wire.answer()
        wire.socket.close()


@pytest.mark.parametrize(
    ("path", "status"), [("/customer/%D9%A3/", 404), ("/admin/bank/product/%D9%A3/change/", 302)]
)
def test_a_path_of_any_characters_is_answered(running: Server, path: str, status: int) -> None:
    assert ask(running.port, request("GET", path)).status == status


def test_ping_does_not_wait_for_the_database(running: Server) -> None:
    with all_threads_busy(running):
        took = max(slowest(running.port, "/ping/"), slowest(running.port, "/ping"))

    print(f"slowest ping beside busy threads: {took * 1e3:.1f} ms")
    assert took < 1


def test_more_requests_than_threads_are_a_503_at_their_deadline_and_not_executed(
    running: Server,
) -> None:
    late = request("POST", "/customer/", b'{"name":"Late"}')
    with locked(running), ThreadPoolExecutor(CONNECTIONS) as pool:
        start = time.monotonic()
        answers = list(pool.map(lambda _: ask(running.port, late), range(CONNECTIONS)))
        took = time.monotonic() - start
    time.sleep(0.5)

    details = [problem(answer, 503) for answer in answers]
    assert {answer.headers["retry-after"] for answer in answers} == {"1"}
    # At 5 s either the deadline in the queue or a thread that becomes free is first.
    # tests/tools/test_rsgi.py tests the queue's deadline alone.
    assert {*details} <= {
        "The server is busy; try again.",
        "The database did not accept this in time; nothing was changed. Send it again.",
    }
    assert 4.5 < took < 8
    assert b"Late" not in ask(running.port, request("GET", "/customer/")).body


def test_a_waiting_request_whose_client_has_disconnected_is_not_executed(running: Server) -> None:
    with all_threads_busy(running):
        for _ in range(CONNECTIONS):
            with Wire(running.port) as wire:
                wire.send(request("POST", "/customer/", b'{"name":"Left"}'))
        time.sleep(1.5)
    time.sleep(0.5)

    assert b"Left" not in ask(running.port, request("GET", "/customer/")).body


def test_an_idle_connection_is_closed(silent: Future[tuple[list[Answer | None], float]]) -> None:
    ends, seconds = silent.result()

    assert all(end is None or end.status == 408 for end in ends)
    assert 5 < seconds < 20


def test_a_killed_worker_is_replaced(running: Server) -> None:
    killed, *others = workers(running)
    give_up = time.monotonic() + 30

    killed.kill()

    while killed in workers(running) or len(workers(running)) <= len(others):
        assert time.monotonic() < give_up
        time.sleep(0.1)
    assert ask(running.port, request("GET", "/customer/")).status == 200


def test_a_starting_worker_stops_at_once(server: Server) -> None:
    server.start("--no-demo")
    first = workers(server)
    first[0].kill()
    while not any(map(loads_the_application, workers(server))):
        time.sleep(0.01)

    start = time.monotonic()
    server.stop()

    assert time.monotonic() - start < 8  # granian kills a worker after 10 s


def loads_the_application(worker: psutil.Process) -> bool:
    """Whether it has no handler of SIGTERM; before and after loading, granian's is installed."""
    status = Path(f"/proc/{worker.pid}/status").read_text()
    [caught] = re.findall(r"SigCgt:\s*(\w+)", status)
    return not int(caught, 16) >> signal.SIGTERM - 1 & 1


def workers(server: Server) -> list[psutil.Process]:
    """Return the processes in which Django runs."""
    assert server.process
    parent = psutil.Process(server.process.pid)
    [application] = [each for each in parent.children() if "granian" in each.cmdline()]
    return [each for each in application.children() if not ended(each)]
