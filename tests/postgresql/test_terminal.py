"""Errors for a URL with an unknown database or option."""

from __future__ import annotations

import os

from tests.test_backends import manage


def test_an_unknown_database_is_a_one_line_error() -> None:
    url = os.environ["POSTGRESQL_URL"].replace("/bank", "/no_such_bank")

    said = manage("migrate", POSTGRESQL_URL=url)

    assert said.returncode == 1
    assert said.stderr.startswith("The database does not answer, or refuses: connection ")
    assert 'database "no_such_bank" does not exist. Is POSTGRESQL_URL right? (' in said.stderr
    assert said.stderr.count("\n") == 1


def test_an_unknown_driver_option_is_a_one_line_error() -> None:
    url = os.environ["POSTGRESQL_URL"] + "?conn_max_age=5"

    said = manage("migrate", POSTGRESQL_URL=url)

    assert said.returncode == 1
    assert said.stderr.startswith("The database does not answer, or refuses: ")
    assert 'invalid connection option "conn_max_age". Is POSTGRESQL_URL right? (' in said.stderr
    assert said.stderr.count("\n") == 1
