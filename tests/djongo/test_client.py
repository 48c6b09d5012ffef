"""`dbshell` uses the client of backends/mongodb."""

from __future__ import annotations

from pathlib import Path

from tests.test_backends import manage


def test_dbshell_without_mongosh_is_an_error(tmp_path: Path) -> None:
    said = manage("dbshell", PATH=str(tmp_path))

    assert said.returncode == 1
    assert said.stderr == (
        "CommandError: You appear not to have the 'mongosh' program installed or on your path.\n"
    )
