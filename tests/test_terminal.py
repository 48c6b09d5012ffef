"""An invalid URL is a one-line error, and Ctrl-C leaves no traceback and no processes."""

from __future__ import annotations

import fcntl
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from django.conf import settings

from runner.backends import backend
from runner.kept import kept_server
from runner.ports import free_port
from tests.faults import UNREACHABLE
from tests.serving import PYTHON, ROOT, gone
from tests.test_backends import say

VARIABLE = f"{settings.BACKEND.upper()}_URL"


def test_a_url_without_a_server_is_a_one_line_error(tmp_path: Path) -> None:
    data = tmp_path / "data"

    said = say(
        *("serve", settings.BACKEND, "--port", str(free_port()), "--data", str(data)),
        **{VARIABLE: UNREACHABLE},
    )

    assert said.returncode == 1
    assert said.stdout == f"{settings.BACKEND}: using the server at {VARIABLE}\n"
    assert "Traceback" not in said.stderr
    last = said.stderr.splitlines()[-1]
    assert last.startswith("The database does not answer, or refuses: ")
    assert last.endswith(
        f" Is {VARIABLE} right? "
        f"(Unset it, and `make serve BACKEND={settings.BACKEND}` starts a server.)"
    )
    assert "pa55word" not in said.stderr
    assert "configured timeouts" not in last  # pymongo appends them
    assert [each.name for each in data.iterdir()] == ["secret_key"]
    assert stat.S_IMODE(data.stat().st_mode) == 0o700


def test_an_invalid_url_is_a_one_line_error(tmp_path: Path) -> None:
    said = say(
        "serve",
        settings.BACKEND,
        "--port",
        str(free_port()),
        "--data",
        str(tmp_path),
        **{VARIABLE: "x"},
    )

    assert said.returncode == 1
    assert said.stderr.startswith(f"{VARIABLE}: it does not begin with ")
    assert len(said.stderr.splitlines()) == 1


def test_serve_with_a_url_starts_no_server_and_stores_no_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, UNREACHABLE)
    with open(tmp_path / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)

        with kept_server(backend(settings.BACKEND), tmp_path) as url:
            assert url == UNREACHABLE


def test_manage_py_with_traceback_shows_the_traceback() -> None:
    variables = {"DJANGO_SETTINGS_MODULE": f"settings.{settings.BACKEND}"}
    variables[VARIABLE] = UNREACHABLE

    said = subprocess.run(
        [sys.executable, "manage.py", "migrate", "--traceback"],
        cwd=ROOT,
        env=os.environ | variables,
        capture_output=True,
    )

    assert said.returncode == 1
    assert said.stderr.startswith(b"Traceback")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_start_interrupted_twice_leaves_no_processes(
    number: signal.Signals, tmp_path: Path
) -> None:
    data, output = tmp_path / "data", tmp_path / "output"
    clean = {name: value for name, value in os.environ.items() if not name.endswith("_URL")}
    words = ["serve", settings.BACKEND, "--port", str(free_port()), "--data", str(data)]
    with output.open("wb") as file:
        child = subprocess.Popen(
            [PYTHON, "-m", "runner", *words],
            cwd=ROOT,
            env=clean,
            stdout=file,
            stderr=file,
            preexec_fn=lambda: signal.signal(number, signal.SIG_DFL),  # ignored under nohup
        )
    while not (data / "lock").exists():
        time.sleep(0.02)
        assert child.poll() is None, output.read_text()
    time.sleep(0.3)
    family = psutil.Process(child.pid).children(recursive=True)

    child.send_signal(number)
    time.sleep(0.1)
    child.send_signal(number)

    assert child.wait(60) == 0
    assert gone(family)
    assert "Traceback" not in output.read_text()
    assert output.read_text().endswith("\nstopped\n")
