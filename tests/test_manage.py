"""`python -m runner manage`: commands of manage.py on the data that `serve` keeps."""

from __future__ import annotations

import os
import shlex
import signal
import stat
import subprocess
from pathlib import Path

from django.conf import settings

from tests.serving import ROOT, Server, gone
from tests.test_backends import say

VARIABLE = f"{settings.BACKEND.upper()}_URL"


def manage(data: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m runner manage` on the data in this directory and return its result."""
    place = ["--data", str(data), settings.BACKEND]
    return say("manage", *place, *words, **{VARIABLE: ""} | environment)


def users(data: Path) -> str:
    """Return the output of a `shell` command that prints the names of all users."""
    script = (
        "from django.contrib.auth.models import User; print(*User.objects.values_list('username'))"
    )
    return manage(data, "shell", "--no-imports", "--command", script).stdout


def test_a_command_works_while_the_data_is_served_and_after_kill_9(server: Server) -> None:
    family = server.start("--no-demo")
    [printed] = [
        line for line in server.output.read_text().splitlines() if "createsuperuser" in line
    ]
    words = ["--noinput", "--username", "ann", "--email", "ann@example.org"]
    password = {"DJANGO_SUPERUSER_PASSWORD": "correct horse", VARIABLE: ""}

    created = subprocess.run(
        [*shlex.split(printed), *words], cwd=ROOT, env=os.environ | password, capture_output=True
    )
    mode = stat.S_IMODE((server.data / "url").stat().st_mode)
    family[0].send_signal(signal.SIGKILL)

    assert (created.returncode, created.stderr) == (0, b"")
    assert mode == 0o600
    assert gone(family)
    assert (server.data / "url").exists()
    assert users(server.data) == "('ann',)\n"
    assert not (server.data / "url").exists()


def test_missing_data_is_an_error_with_the_command_that_creates_it(tmp_path: Path) -> None:
    said = manage(tmp_path / "none", "createsuperuser")

    assert said.returncode == 1
    assert said.stderr.startswith(f"There is no data in {tmp_path}/none: `make serve BACKEND=")
    assert not (tmp_path / "none").exists()


def test_with_a_url_no_data_is_stored_and_the_exit_code_is_the_commands(tmp_path: Path) -> None:
    said = manage(
        *(tmp_path / "none", "shell", "--no-imports", "--command", "raise SystemExit(7)"),
        **{VARIABLE: os.environ[VARIABLE]},
    )

    assert (said.returncode, said.stdout, said.stderr) == (7, "", "")
    assert not (tmp_path / "none").exists()
