"""Passes pymongo's operations through Django's execute wrappers, as texts without values.

Django's `connection.execute_wrapper()` applies to cursors, and django-mongodb-backend has none: it
calls pymongo's collections.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import groupby
from typing import Any

from pymongo.errors import OperationFailure

OPERATIONS = {"aggregate", "delete_many", "insert_many", "update_many"}  # all that querysets use
NAMES = {"from", "as", "localField", "foreignField"}  # their texts are names, not values


class Statements:
    """A collection whose operations pass through the execute wrappers and raise Django's errors."""

    def __init__(self, connection: Any, collection: Any) -> None:
        self._connection = connection
        self._collection = collection

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self._collection, name)
        if name in OPERATIONS:
            return partial(self._run, name, attribute)
        return attribute

    def _run(self, name: str, operation: Callable[..., Any], *args: Any, **options: Any) -> Any:
        def execute(statement: str, *rest: Any) -> Any:
            with self._connection.wrap_database_errors:
                try:
                    return operation(*args, **options)
                except OperationFailure:
                    self._connection.transaction_aborted = True
                    raise

        for wrapper in reversed(self._connection.execute_wrappers):
            execute = partial(wrapper, execute)
        arguments = ", ".join(str(_without_values(argument)) for argument in args)
        statement = f"db.{self._collection.name}.{name}({arguments})"
        result = execute(statement, args, False, {"connection": self._connection, "cursor": None})
        return Rows(self._connection, result) if name == "aggregate" else result


class Rows:
    """A cursor that raises Django's errors, also when it fetches more from the server."""

    def __init__(self, connection: Any, cursor: Any) -> None:
        self._connection = connection
        self._cursor = cursor

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return self

    def __next__(self) -> dict[str, Any]:
        with self._connection.wrap_database_errors:
            return self._cursor.next()

    next = __next__

    def close(self) -> None:
        self._cursor.close()


def _without_values(part: Any, key: str = "") -> Any:
    """Return the statement with ? for each value, and of equal neighbours only one."""
    if isinstance(part, Mapping):
        return {name: _without_values(value, name) for name, value in part.items()}
    if isinstance(part, list | tuple):
        return [form for form, _ in groupby(map(_without_values, part))]
    path = isinstance(part, str) and (part.startswith("$") or key in NAMES)
    return part if path else "?"
