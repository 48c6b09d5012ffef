"""Invalid arguments and variables are one-line errors that say what to do; exit code 1 or 2."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

import pytest
from django.core.management import call_command

from runner import copy, serve
from runner.backends import Backend, backend
from runner.docker import START
from runner.errors import CannotRun, ServerUnavailable
from runner.ports import free_port
from runner.secret import kept_secret
from settings.invocation import invocation, near
from tests.serving import PYTHON, ROOT
from tests.test_backends import say


@pytest.mark.parametrize("port", ["abc", "0", "-1", "65536", "80.5", "", "٣"])
def test_an_invalid_port_is_refused(port: str) -> None:
    said = say("serve", "postgresql", f"--port={port}")

    assert said.returncode == 2
    assert said.stderr.endswith(f"{port!r} is not a port: give PORT=1 to 65535\n")


@pytest.mark.parametrize("host", ["", "no.such.host.invalid", "a..b", "256.0.0.1"])
def test_a_host_that_does_not_resolve_is_refused(host: str, tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match=r"^No address is known for the host .* give its IP"):
        serve.serve(backend("postgresql"), host=host, port=1, data=tmp_path, demo=False)


def test_an_address_of_another_machine_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match=r"^192\.0\.2\.1:8000: .*\. Give HOST=another\.$"):
        serve.serve(backend("postgresql"), host="192.0.2.1", port=8000, data=tmp_path, demo=False)


def test_a_file_of_the_secret_key_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    words = ("serve", "doltlite", "--port", str(free_port()), "--data", str(tmp_path))

    said = say(*words, SECRET_KEY_FILE=str(tmp_path / "none"))

    assert said.returncode == 1
    assert said.stderr.startswith("SECRET_KEY_FILE cannot be read: ")


def test_a_host_is_resolved_and_shown_as_an_address_that_a_browser_can_open() -> None:
    assert serve._address("localhost") == "127.0.0.1"
    urls = {address: serve._url_host(address) for address in ("127.0.0.1", "0.0.0.0", "::", "::1")}
    assert [*urls.values()] == ["127.0.0.1", "127.0.0.1", "[::1]", "[::1]"]


def test_an_invalid_value_of_deploy_is_refused(tmp_path: Path) -> None:
    said = say("serve", "--port", str(free_port()), "--data", str(tmp_path), DEPLOY="perhaps")

    assert said.returncode == 1
    assert said.stderr == "DEPLOY is 'perhaps', which is neither 1 nor 0: give one of them.\n"


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["serv"], 2, "invalid choice: 'serv'"),
        (["list", "--no-such-option"], 1, "Unknown argument: --no-such-option. See `"),
        (["up", "oracle"], 1, "There is no backend 'oracle'; there is: cockroachdb, "),
        (["copy", "dolt", "dolt"], 1, "dolt cannot be copied into itself: name two backends."),
        (["manage", "--data", "", "dolt", "check"], 2, "--data: it is empty: give a directory"),
        (["copy", "postgresql"], 2, "the following arguments are required: target"),
    ],
)
def test_an_invalid_command_line_is_refused(words: list[str], code: int, message: str) -> None:
    said = say(*words)

    assert said.returncode == code
    assert message in said.stderr.splitlines()[-1]
    assert "Traceback" not in said.stderr


@pytest.mark.parametrize("command", ["serve", "up", "shell", "test"])
def test_an_unknown_backend_in_the_environment_is_refused(command: str) -> None:
    said = say(command, BACKEND="oracle")

    assert said.returncode == 1
    assert said.stderr.startswith("There is no backend 'oracle'; there is: cockroachdb, ")
    assert said.stderr.count("\n") == 1


def test_the_argument_overrides_the_environment_variable() -> None:
    said = say("up", "nope", BACKEND="postgresql")

    assert said.stderr.startswith("There is no backend 'nope'; ")


def test_a_target_at_a_url_is_emptied_only_with_discard(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    target = backend("doltlite")
    monkeypatch.delenv(target.url_variable, raising=False)
    own = copy._options(target, discard=False)
    monkeypatch.setenv(target.url_variable, "doltlite:////elsewhere")

    at_url = [copy._options(target, discard=discard) for discard in (False, True)]

    assert (own, at_url) == (["--discard"], [[], ["--discard"]])


def test_a_message_names_a_command_that_works_in_the_current_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUNNER_PYTHON", f"{tmp_path}/.venv/bin/python")
    monkeypatch.chdir(tmp_path)
    near = invocation("list")
    monkeypatch.chdir("/")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")

    assert near == ".venv/bin/python -m runner list"
    assert invocation("list") == f"{tmp_path}/.venv/bin/python -m runner list"


def test_only_a_path_below_the_current_directory_is_shown_as_relative(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")

    assert near(tmp_path / "here" / "data") == "data"
    assert near(tmp_path / "there") == f"{tmp_path}/there"
    assert near("../there") == f"{tmp_path}/there"


def program(directory: Path, name: str, script: str) -> None:
    (directory / name).write_text(f"#!/bin/sh\n{script}\n")
    (directory / name).chmod(0o755)


def test_the_error_names_the_command_that_starts_docker_if_it_is_not_running(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path, "docker", '[ "$2" = version ]')
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin")
    monkeypatch.setenv("HOME", str(tmp_path))

    with pytest.raises(ServerUnavailable) as refused:
        backend("cockroachdb").provider()

    assert refused.value.command == START


@pytest.mark.parametrize("words", [["-m", "runner", "list"], ["manage.py", "help"]])
def test_a_closed_output_pipe_causes_no_traceback(words: list[str]) -> None:
    environment = os.environ | {"BACKEND": "doltlite", "DOLTLITE_URL": "doltlite:////tmp/x.db"}
    environment.pop("DJANGO_SETTINGS_MODULE")
    reader, writer = os.pipe()
    os.close(reader)

    said = subprocess.run(
        [PYTHON, *words], cwd=ROOT, stdout=writer, stderr=subprocess.PIPE, env=environment
    )
    os.close(writer)

    assert (said.returncode, said.stderr) == (1, b"")


def test_a_secret_is_readable_by_its_owner_only_and_is_kept(tmp_path: Path) -> None:
    mask = os.umask(0)
    try:
        secret = kept_secret(tmp_path / "secret")
    finally:
        os.umask(mask)

    assert len(secret) == 22
    assert kept_secret(tmp_path / "secret") == secret
    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["secret"]


def test_a_readable_secret_is_made_private_and_an_empty_one_is_replaced(
    tmp_path: Path,
) -> None:
    (tmp_path / "open").write_text("known\n")
    (tmp_path / "empty").write_text("\n")
    for name in ("open", "empty"):
        (tmp_path / name).chmod(0o644)

    assert kept_secret(tmp_path / "open") == "known"
    assert len(kept_secret(tmp_path / "empty")) == 22
    assert [stat.S_IMODE(each.stat().st_mode) for each in tmp_path.iterdir()] == [0o600, 0o600]


@pytest.mark.parametrize("content", [b"\xff\xfe secret", b"a\0b", b"two\nlines"])
def test_a_damaged_secret_is_a_one_line_error(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "secret_key").write_bytes(content)

    with pytest.raises(CannotRun, match=r"secret_key is damaged: .* or delete it\.$"):
        kept_secret(tmp_path / "secret_key")


def test_two_processes_that_create_a_secret_concurrently_get_the_same_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = Path.hardlink_to

    def second(file: Path, target: str) -> None:
        file.write_text("made by the first\n")
        link(file, target)

    monkeypatch.setattr(Path, "hardlink_to", second)

    assert kept_secret(tmp_path / "secret") == "made by the first"


class Stopped(Exception):
    """Raised by the replacement of migrate, so that nothing is served."""


@pytest.mark.parametrize(
    ("variables", "host", "expected"),
    [
        ({"DEPLOY": "true"}, "127.0.0.1", ["check", "migrate"]),
        ({"DEPLOY": "0"}, "0.0.0.0", ["check", "migrate"]),
        ({"DEPLOY": "off"}, "localhost", ["migrate"]),
    ],
)
def test_a_deployment_is_checked_before_it_is_migrated(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    variables: dict[str, str],
    host: str,
    expected: list[str],
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    commands: list[tuple[str, ...]] = []

    def manage(one: Backend, environment: dict[str, str], *arguments: str) -> None:
        assert environment["DEPLOY"] == ("1" if len(expected) == 2 else "0")
        commands.append(arguments)
        if arguments[0] == "migrate":
            raise Stopped

    monkeypatch.setattr(serve, "manage", manage)
    monkeypatch.setenv("POSTGRESQL_URL", "postgresql:///nothing")
    with pytest.raises(Stopped):
        serve.serve(backend("postgresql"), host=host, port=free_port(), data=tmp_path, demo=False)

    assert [words[0] for words in commands] == expected
    if "check" in expected:
        assert commands[0] == ("check", "--deploy", "--fail-level", "WARNING")


def test_a_management_command_that_fails_stops_the_start(tmp_path: Path) -> None:
    environment = {**os.environ, "DEPLOY": "perhaps"}

    with pytest.raises(SystemExit) as stopped:
        serve.manage(backend("postgresql"), environment, "check", "--deploy")

    assert stopped.value.code == 1


def test_a_killed_management_command_is_a_one_line_error() -> None:
    kill = "import os; os.kill(os.getpid(), 9)"

    with pytest.raises(CannotRun, match=r"^`manage\.py shell` was ended by signal 9\. Start"):
        serve.manage(backend("postgresql"), os.environ, "shell", "--command", kill)


def test_manage_without_a_command_and_data_is_a_one_line_error(tmp_path: Path) -> None:
    said = say("manage", "--data", str(tmp_path / "none"), "postgresql", POSTGRESQL_URL="")

    assert said.returncode == 1
    assert said.stderr.startswith(f"There is no data in {tmp_path}/none: ")
    assert said.stderr.count("\n") == 1


def test_ctrl_c_does_not_reach_a_management_command(capfd: pytest.CaptureFixture[str]) -> None:
    script = "import os; print(os.getsid(0) == os.getpid())"

    serve.manage(backend("postgresql"), {**os.environ}, "shell", "--command", script)

    assert capfd.readouterr().out.endswith("True\n")


@pytest.mark.parametrize(
    ("command", "default"), [("bank_forget_answers", "2"), ("bank_demo", "200")]
)
def test_the_help_of_a_command_shows_the_defaults_of_its_options(
    command: str, default: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        call_command(command, "--help")

    assert f"(default: {default})" in " ".join(capsys.readouterr().out.split())
