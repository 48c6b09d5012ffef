"""Errors for a URL with a wrong password or an unknown database, and `dbshell`."""

from __future__ import annotations

import os
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
    where = f"{url.username}:{password or url.password}@{url.hostname}:{url.port}"

    said = manage("migrate", DOLT_URL=f"mysql://{where}/{database}")

    assert said.returncode == 1
    assert said.stderr.startswith("The database does not answer, or refuses: ")
    assert reason in said.stderr
    assert " Is DOLT_URL right? (Unset it, and `make serve BACKEND=dolt`" in said.stderr
    assert "pa55word" not in said.stderr
    assert said.stderr.count("\n") == 1


def test_dbshell_runs_dolt_sql() -> None:
    said = say("manage", "dolt", "dbshell", "--", "-q", "SELECT 6 * 7 AS answer", "-r", "csv")

    assert (said.returncode, said.stdout, said.stderr) == (0, "answer\n42\n", "")
