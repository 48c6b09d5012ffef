"""What both engines add to their database's: a branch per connection, and a commit per COMMIT."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from typing import Any

from django.db import DatabaseError, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from versioning.errors import InTransaction, TwinBranches, UnknownRevision
from versioning.signatures import LONGEST, MAIN, Signature, of_this_process

WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")


class Versioned(BaseDatabaseWrapper):
    """A mixin for Django's DatabaseWrapper.

    - Every statement is executed on `branch`, also those after a lost connection.
    - The COMMIT of a transaction that changed something is a commit of Dolt's with `signature()`:
      both are made by one statement, or neither. `made_commit` is the hash of the first one since
      it was set to None. A statement that writes outside of atomic() gets a transaction of its own.
    - While `merging`, a commit is made also without changes: it records that the other branch was
      merged. Without it the server would stay in the state of a merge.
    - If `signature` is None, a COMMIT ends only the SQL transaction: see commits_by_hand().
    """

    verb: str  # how a procedure is called
    changes: Callable[[str], str]  # SQL of the changes of a table between two revisions (%s, %s)
    past: Callable[[str], str]  # SQL of a table as it was in a revision (%s)
    literal: Callable[[str], str]  # SQL of a text
    branch_is_gone: Callable[[BaseException], bool]
    reading: Callable[[], AbstractContextManager[Any]]
    signature: Callable[[], Signature] | None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.branch = MAIN
        self._checked_out: str | None = MAIN  # None: unknown, and checked out before the next use
        self.signature = of_this_process
        self.made_commit: str | None = None
        self.merging = False
        self._gone = self._connecting = False
        self.execute_wrappers: list[Any] = [self._execute]

    @property
    def side_branch(self) -> str:
        """The branch in use, or "" if it is MAIN."""
        return "" if self.branch == MAIN else self.branch

    def use(self, branch: str) -> None:
        """Execute the following statements on this branch; raise InTransaction inside atomic().

        The first of them raises UnknownRevision if there is no such branch. One that is not MAIN
        is looked up each time: it may have been deleted since its last use.
        """
        if self.in_atomic_block:
            if branch != self.branch:
                raise InTransaction("(checkout)")
        elif branch != MAIN:
            self._checked_out = None
        self.branch = branch

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        self._checked_out, self._gone = MAIN, False
        return super().get_new_connection(conn_params)

    def connect(self) -> None:
        # While Django sets the connection up it is on the main branch. An error of a checkout would
        # leave it without autocommit, and then Django ends no transaction with a COMMIT.
        self._connecting = True
        try:
            super().connect()
        finally:
            self._connecting = False

    def ensure_connection(self) -> None:
        super().ensure_connection()
        if self._checked_out != self.branch and not self._connecting:
            self._check_out_or_close()

    def get_autocommit(self) -> bool:
        # Django also asks when it looks for lost connections, and expects no error there.
        super().ensure_connection()
        return self.autocommit

    def is_usable(self) -> bool:
        """Whether the connection can be used: not if its branch was deleted."""
        return not self._gone and super().is_usable()

    def snapshot(self) -> AbstractContextManager[Any]:
        """Begin a transaction that reads one version of the data, and makes no commit."""
        return self._unsigned()

    @contextmanager
    def _unsigned(self) -> Iterator[None]:
        signature, self.signature = self.signature, None
        try:
            with self.reading():
                yield
        finally:
            self.signature = signature

    def _check_out_or_close(self) -> None:
        """Check the branch out; a connection on which that failed is not used again."""
        for again in (True, False):
            super().ensure_connection()
            try:
                return self._check_out()
            except DatabaseError as error:
                self.close()
                if not self.branch_is_gone(error):
                    raise
                if not again:
                    raise UnknownRevision(repr(self.branch)) from error

    def _check_out(self) -> None:
        self._checked_out = None  # until it has succeeded
        with self.wrap_database_errors, closing(self.create_cursor()) as cursor:
            # dolt_checkout() takes any other name for a table, and discards its changes.
            if self.branch != MAIN:
                sql = "SELECT name FROM dolt_branches WHERE LOWER(name) = LOWER(%s)"
                cursor.execute(sql, [self.branch])
                names = [name for (name,) in cursor.fetchall()]
                if self.branch not in names:
                    raise UnknownRevision(repr(self.branch))
                if len(names) > 1:  # Dolt finds the data of one by the name of the other
                    raise TwinBranches(", ".join(names))
            cursor.execute(f"{self.verb} dolt_checkout(%s)", [self.branch])
            cursor.fetchone()
        with self.wrap_database_errors, closing(self.create_cursor()) as cursor:
            # A branch that was deleted in the meantime may have been taken for a table.
            cursor.execute("SELECT active_branch()")
            if cursor.fetchone()[0] != self.branch:
                raise UnknownRevision(repr(self.branch))
        self._checked_out = self.branch

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
            self._gone = self._branch_is_gone(error)
            raise
        return found[0] if found and found[0] else None

    def _execute(self, execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        try:
            if self.signature and not self.in_atomic_block and _writes(sql):
                with transaction.atomic(using=self.alias):
                    return execute(sql, *rest)
            return execute(sql, *rest)
        except DatabaseError as error:
            self._gone = self._branch_is_gone(error)
            raise

    def _branch_is_gone(self, error: DatabaseError) -> bool:
        return self._checked_out != MAIN and self.branch_is_gone(error)


def _writes(sql: Any) -> bool:
    return str(sql).lstrip().upper().startswith(WRITES)
