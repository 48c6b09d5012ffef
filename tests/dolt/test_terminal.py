"""Errors for a URL with a wrong password or an unknown database, and `dbshell`."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.test_backends import manage, say


@pytest.mark.parametrize(
    ("password", "database", "reason"),
    [
        ("pa55word", "bank", "Access denied for user 'root'"),
        (None, "no_such_bank", "database not found: no_such_bank"),
    ],
)
def test_a_url_that_the_server_refuses_is_a_one_line_error(
    password: str | None, database: str, reason: str
) -> None:
    url = urlsplit(os.environ["DOLT_URL"])
    address = url.netloc.rpartition("@")[2]
    where = f"{url.username}:{password or url.password}@{address}"

    said = manage("migrate", DOLT_URL=f"mysql://{where}/{database}")

    assert said.returncode == 1
    assert said.stderr.startswith("The database does not answer, or refuses: ")
    assert reason in said.stderr
    assert " Is DOLT_URL right? (Unset it, and `make serve BACKEND=dolt`" in said.stderr
    assert "pa55word" not in said.stderr
    assert said.stderr.count("\n") == 1


def test_dbshell_runs_dolt_sql_in_the_database_of_the_url() -> None:
    said = say("manage", "dolt", "dbshell", "--", "-q", "SELECT DATABASE() AS name", "-r", "csv")

    name = urlsplit(os.environ["DOLT_URL"]).path[1:]
    assert (said.returncode, said.stdout, said.stderr) == (0, f"name\n{name}\n", "")


def test_dbshell_runs_mysql_if_there_is_no_dolt(tmp_path: Path) -> None:
    (tmp_path / "mysql").write_text('#!/bin/sh\necho "$@"\n')
    (tmp_path / "mysql").chmod(0o755)

    said = manage("dbshell", "--", "--batch", PATH=str(tmp_path))

    name = urlsplit(os.environ["DOLT_URL"]).path[1:]
    assert (said.returncode, said.stderr) == (0, "")
    assert said.stdout.endswith(f" {name} --batch\n")
