"""`make serve` as a user sees it: started, killed, started again."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Event
from typing import Any

import psutil
import pytest
from django.conf import settings

from runner.ports import free_port
from tests.serving import Server, gone, run
from tests.tools.test_settings import SECRETS

# The processes that are killed under load, one after another; KILLS=5 kills all of them.
KILLED = ["everything", "database", "workers", "everything", "database"]
KILLED = KILLED[: int(os.environ.get("KILLS", "2"))]
ORDERS = 120  # sent before each kill, which happens when a quarter is acknowledged


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return a server started with a umask of 0, which several tests share."""
    server = Server(tmp_path_factory.mktemp("running"))
    mask = os.umask(0)
    try:
        server.start("--no-demo")
    finally:
        os.umask(mask)
    yield server
    server.stop()


def test_serve_starts_with_demo_data_and_leaves_no_processes(server: Server) -> None:
    family = server.start()
    customers, health = server.call("GET", "/customer/"), server.call("GET", "/health/")

    exit_code = server.stop()

    assert (len(customers), health["ok"], health["backend"]) == (100, True, settings.BACKEND)
    assert f"http://127.0.0.1:{server.port}/customer/" in server.output.read_text()
    assert (exit_code, gone(family)) == (0, True)


@pytest.mark.feature("durability", "kill -9 loses no acknowledged write")
def test_data_survives_a_restart_and_kill_9(server: Server) -> None:
    server.start("--no-demo")
    made = [server.call("POST", "/customer/", {"name": "Carl"})]
    server.stop(signal.SIGTERM)
    family = server.start("--no-demo")
    made += [server.call("POST", "/customer/", {"name": f"Dora {n}"}) for n in range(20)]
    for process in victims(family, "everything"):
        with suppress(psutil.NoSuchProcess):  # it has already ended
            process.kill()
    server.stop()

    server.start("--no-demo")

    # Two processes of MongoDB's application generate keys in no order within a second.
    found = {customer["id"]: customer for customer in server.call("GET", "/customer/")}
    assert found == {customer["id"]: customer for customer in made}


@pytest.mark.timeout(120 + 120 * len(KILLED))
def test_acknowledged_orders_survive_kill_9_exactly_once(server: Server) -> None:
    family = server.start("--no-demo")
    customer = server.call("POST", "/customer/", {"name": "Carl"})
    pen = server.call("POST", "/product/", {"name": "Pen", "price": "1.20", "stock": 100000})
    order = {"customer": customer, "products": [{"id": pen["id"]}]}
    acknowledged: dict[int, Any] = {}
    attempted: set[int] = set()

    def send(number: int) -> Any:
        key = {"Idempotency-Key": f"order-{number}"}
        return server.call("POST", "/order/", order, **key)

    def acknowledge(number: int) -> None:
        if not killed.is_set():
            attempted.add(number)
            acknowledged[number] = send(number)

    for turn, role in enumerate(KILLED, start=1):
        numbers, killed, before = range((turn - 1) * ORDERS, turn * ORDERS), Event(), len(attempted)
        with ThreadPoolExecutor(8) as pool:
            sent = [pool.submit(acknowledge, number) for number in numbers]
            while len(acknowledged) < before + ORDERS // 4:
                time.sleep(0.01)
            for process in victims(family, role):
                with suppress(psutil.NoSuchProcess):  # it has already ended
                    process.kill()
            killed.set()
        failed = [future.exception() for future in sent if future.exception()]
        assert failed and all(isinstance(error, OSError) for error in failed)
        if role == "workers":
            answers_again(server)
        server.stop()
        assert gone(family)

        family = server.start("--no-demo")
        kept = ids(server)
        acknowledged_ids = {answer["id"] for answer in acknowledged.values()}
        replayed = {number: send(number) for number in attempted}
        again = {number: send(number) for number in attempted.intersection(numbers)}

        assert acknowledged_ids <= set(kept)
        assert replayed | acknowledged | again == replayed
        assert sorted(ids(server)) == sorted(answer["id"] for answer in replayed.values())
        assert server.call("GET", f"/product/{pen['id']}/")["stock"] == 100000 - len(attempted)
        acknowledged = dict(replayed)


def victims(family: list[psutil.Process], role: str) -> list[psutil.Process]:
    """Return the processes with this role: the application's workers, the database, or all.

    DoltLite has no server: there the database is in the workers.
    """
    parent, *_ = family
    [application] = [child for child in parent.children() if "myproject" in str(child.cmdline())]
    workers = application.children(recursive=True)
    if role == "everything":
        return family
    if role == "workers" or settings.BACKEND == "doltlite":
        return workers
    return [process for process in family if process not in (parent, application, *workers)]


def answers_again(server: Server) -> None:
    """Wait until the application answers again."""
    for _ in range(60):
        with suppress(OSError):
            server.call("GET", "/customer/")
            return
        time.sleep(0.5)
    raise AssertionError("The workers were not replaced.")


def ids(server: Server) -> list[Any]:
    """Return the ids of all orders."""
    found: list[Any] = []
    while page := server.call(
        "GET", "/order/?limit=100" + (f"&after={found[-1]}" if found else "")
    ):
        found += [order["id"] for order in page]
    return found


def test_all_processes_end_when_serve_is_killed(server: Server) -> None:
    family = server.start("--no-demo")
    [application] = [child for child in family[0].children() if "granian" in child.cmdline()]

    for process in (family[0], application):  # then no parent ends the workers
        process.kill()

    assert gone(family)
    server.start("--no-demo")


def raw(server: Server, request: str) -> tuple[int, str]:
    """Send exactly these bytes; return status and body of the response."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as wire:
        wire.sendall(request.replace("\n", "\r\n").encode())
        answer = b"".join(iter(lambda: wire.recv(65536), b"")).decode()
    head, _, body = answer.partition("\r\n\r\n")
    return int(head.split()[1]), body


def test_raw_requests_that_no_client_library_sends_are_answered(running: Server) -> None:
    to = "HTTP/1.1\nHost: localhost\nConnection: close\n"
    json = '{"name":"Carl"}'

    head = raw(running, f"HEAD /customer/ {to}\n")
    chunked = raw(running, f"POST /customer/ {to}Transfer-Encoding: chunked\n\n0\n\n")
    hexadecimal = raw(
        running,
        f"POST /customer/?x=y {to}Content-Type: application/json; charset=hex\n"
        f"Content-Length: {len(json)}\n\n{json}",
    )

    assert head == (200, "")
    assert (chunked[0], "Content-Length" in chunked[1]) == (411, True)
    assert (hexadecimal[0], "Carl" in hexadecimal[1]) == (200, True)


def last_line(tmp_path: Path, *options: str) -> str:
    """Run `serve`, which must fail without a traceback, and return the last line."""
    output = tmp_path / "said"
    assert run("serve", *options, output=output).wait(60) == 1
    said = output.read_text()
    assert "Traceback" not in said
    return said.splitlines()[-1]


def test_a_port_in_use_is_a_one_line_error(tmp_path: Path) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = str(busy.getsockname()[1])

        said = last_line(tmp_path, "--port", port, "--data", str(tmp_path))

    assert said == f"127.0.0.1:{port}: Address already in use. Give PORT=another."


def test_a_data_directory_in_use_is_a_one_line_error(running: Server, tmp_path: Path) -> None:
    said = last_line(tmp_path, "--port", str(free_port()), "--data", str(running.data))

    assert (
        said
        == f"Another program uses {running.data}, or is ending: stop it, or give DATA=elsewhere."
    )


def test_a_data_directory_that_is_not_writable_is_a_one_line_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    said = last_line(
        tmp_path, "--port", str(free_port()), "--data", str(tmp_path / "file" / "data")
    )

    assert said.endswith("Give DATA=dir.")


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({}, "A deployed application needs SECRET_KEY, ALLOWED_HOSTS, API_TOKENS in its"),
        (SECRETS | {"API_TOKENS": ","}, "A deployed application needs API_TOKENS in its"),
    ],
)
def test_a_public_address_without_secrets_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], message: str
) -> None:
    for name in SECRETS:
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    said = last_line(
        tmp_path, "--host", "0.0.0.0", "--port", str(free_port()), "--data", str(tmp_path)
    )

    assert said.startswith(message)


def opened(directory: Path) -> list[Path]:
    """Return the files that other users can read, in directories that they can enter."""
    found: list[Path] = []
    for path in directory.iterdir():
        if path.stat().st_mode & 0o077:
            found += opened(path) if path.is_dir() else [path]
    return found


def test_files_are_readable_by_their_owner_only_with_any_umask(running: Server) -> None:
    assert opened(running.data) == []
    assert running.data.stat().st_mode & 0o066 == 0
