"""Names that a new branch or tag may have."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections

from versioning.errors import NameTaken
from versioning.names import checked
from versioning.procedures import query
from versioning.signatures import MAIN


@contextmanager
def free(name: str, using: str) -> Iterator[None]:
    """Keep this name free for the block; raise InvalidName, or NameTaken by a branch, tag or table.

    Also in other capitals: the Dolt server keeps two such branches, and finds the data of one by
    the other's name. A branch cannot be checked out if a tag or a table has its name, too. It waits
    until nobody else creates one, or merges into main.
    """
    checked(name)
    connection: Any = connections[using]
    with connection.alone(MAIN):
        if name in connection.introspection.table_names():
            raise NameTaken(f"{name!r} (by a table, and dolt_checkout means either)")
        taken = (
            "SELECT name FROM dolt_branches WHERE LOWER(name) = LOWER(%s)"
            " UNION ALL SELECT tag_name FROM dolt_tags WHERE LOWER(tag_name) = LOWER(%s)"
        )
        for (other,) in query(taken, [name, name], using):
            raise NameTaken(repr(other))
        yield
