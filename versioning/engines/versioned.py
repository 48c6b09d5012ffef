"""A commit per COMMIT: what both engines add to their database's, beside branches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from typing import Any

from django.db import DatabaseError, transaction

from versioning.engines.branched import Branched
from versioning.signatures import LONGEST, Signature, of_this_process

WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")


class Versioned(Branched):
    """A mixin for Django's DatabaseWrapper: executes statements on `branch`, and makes commits.

    - The COMMIT of a transaction that changed something is a commit of Dolt's with `signature()`:
      both are made by one statement, or neither. `made_commit` is the hash of the first one since
      it was set to None. A statement that writes outside of atomic() gets a transaction of its own.
    - While `merging`, a commit is made also without changes: it records that the other branch was
      merged. Without it the server would stay in the state of a merge.
    - If `signature` is None, a COMMIT ends only the SQL transaction: see commits_by_hand().
    """

    changes: Callable[[str], str]  # SQL of the changes of a table between two revisions (%s, %s)
    past: Callable[[str], str]  # SQL of a table as it was in a revision (%s)
    literal: Callable[[str], str]  # SQL of a text
    reading: Callable[[], AbstractContextManager[Any]]
    # Waits until nobody else merges into this branch (the active one), or reverts on it.
    alone: Callable[..., AbstractContextManager[Any]]
    signature: Callable[[], Signature] | None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.signature = of_this_process
        self.made_commit: str | None = None
        self.merging = False
        self.execute_wrappers: list[Any] = [self._execute]

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Begin a transaction that reads one version of the data, and makes no commit."""
        signature, self.signature = self.signature, None
        try:
            with self.reading():
                yield
        finally:
            self.signature = signature

    def _commit(self) -> None:
        if self.connection is not None and self.signature is not None:
            commit = self._make_commit(*self.signature())
            self.made_commit = self.made_commit or commit
        super()._commit()  # type: ignore[misc]

    def _make_commit(self, message: str, author: str) -> str | None:
        """Commit all changes; return the commit's hash, or None if there are none.

        As the last statement of a transaction it is its COMMIT: a conflict is raised here.
        """
        empty = "--allow-empty" if self.merging else "--skip-empty"
        options = ("-A", empty, "-m", message[:LONGEST], "--author", author)
        try:
            with self.wrap_database_errors, closing(self.create_cursor()) as cursor:
                places = ", ".join(["%s"] * len(options))
                cursor.execute(f"{self.verb} dolt_commit({places})", options)
                found = cursor.fetchone()
        except DatabaseError as error:
            self._note(error)
            raise
        return found[0] if found and found[0] else None

    def _execute(self, execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        try:
            if self.signature and not self.in_atomic_block and _writes(sql):
                with transaction.atomic(using=self.alias):
                    return execute(sql, *rest)
            return execute(sql, *rest)
        except DatabaseError as error:
            self._note(error)
            raise


def _writes(sql: Any) -> bool:
    return str(sql).lstrip().upper().startswith(WRITES)
