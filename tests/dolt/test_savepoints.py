"""ROLLBACK TO SAVEPOINT, on which a nested atomic() depends, does nothing on `database/branch`.

So a branch is always chosen with dolt_checkout() on a connection to the plain database, as
versioning/engines/versioned.py does. If the last tests fail, Dolt has been corrected.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def other() -> Iterator[str]:
    """Return the name of a new branch."""
    with connection.cursor() as cursor:
        cursor.execute("CALL dolt_branch('other')")
        yield "other"
        cursor.execute("CALL dolt_branch('-D', 'other')")


def names_after_undoing_the_second(database: str, *statements: str) -> list[str]:
    """Insert two customers, undo the second to a savepoint, and return those that are there."""
    engine: Any = connection.copy()
    engine.settings_dict["NAME"], engine.signature = database, None
    with closing(engine), engine.cursor() as cursor:
        for sql in (
            *statements,
            "START TRANSACTION",
            "INSERT INTO customers (name) VALUES ('Ann')",
            "SAVEPOINT one",
            "INSERT INTO customers (name) VALUES ('Bob')",
            "ROLLBACK TO SAVEPOINT one",
            "COMMIT",
            "SELECT name FROM customers ORDER BY name",
        ):
            cursor.execute(sql)
        return [name for (name,) in cursor.fetchall()]


def test_a_savepoint_works_after_a_checkout(other: str) -> None:
    database = connection.settings_dict["NAME"]

    found = names_after_undoing_the_second(database, f"CALL dolt_checkout('{other}')")

    assert found == ["Ann"]


def test_a_savepoint_does_nothing_on_a_connection_to_the_branch(other: str) -> None:
    database = connection.settings_dict["NAME"]

    connected = names_after_undoing_the_second(f"{database}/{other}")

    assert connected == ["Ann", "Bob"]


def test_a_savepoint_does_nothing_after_use_of_the_branch(other: str) -> None:
    database = connection.settings_dict["NAME"]

    used = names_after_undoing_the_second(database, f"USE `{database}/{other}`")

    assert used == ["Ann", "Bob"]
