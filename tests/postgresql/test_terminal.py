"""What a URL of a database that there is not says."""

from __future__ import annotations

import os

from tests.test_backends import manage


def test_a_database_that_there_is_not_is_one_line() -> None:
    url = os.environ["POSTGRESQL_URL"].replace("/bank", "/no_such_bank")

    said = manage("migrate", POSTGRESQL_URL=url)

    assert said.returncode == 1
    assert said.stderr.startswith("The database does not answer, or refuses: connection ")
    assert 'database "no_such_bank" does not exist. Is POSTGRESQL_URL right? (' in said.stderr
    assert said.stderr.count("\n") == 1


def test_an_option_that_the_driver_has_not_is_one_line() -> None:
    url = os.environ["POSTGRESQL_URL"] + "?conn_max_age=5"

    said = manage("migrate", POSTGRESQL_URL=url)

    assert said.returncode == 1
    assert said.stderr.startswith("The database does not answer, or refuses: ")
    assert 'invalid connection option "conn_max_age". Is POSTGRESQL_URL right? (' in said.stderr
    assert said.stderr.count("\n") == 1
