"""A branch per connection: each statement is executed on the branch that is in use."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import Any

from django.db import DatabaseError
from django.db.backends.base.base import BaseDatabaseWrapper

from versioning.errors import InTransaction, TwinBranches, UnknownRevision
from versioning.signatures import MAIN

# Branches of this name in any capitals, and a tag of this name.
NAMED = (
    "SELECT name, 'branch' FROM dolt_branches WHERE LOWER(name) = LOWER(%s)"
    " UNION ALL SELECT tag_name, 'tag' FROM dolt_tags WHERE tag_name = %s"
)


class Branched(BaseDatabaseWrapper):
    """A mixin for Django's DatabaseWrapper: executes statements on `branch` only.

    That is so also after a lost connection. One whose branch was deleted is not used again.
    """

    verb: str  # how a procedure is called
    branch_is_gone: Callable[[BaseException], bool]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.branch = MAIN
        self._checked_out: str | None = MAIN  # None: unknown, and checked out before the next use
        self._gone = self._connecting = False

    @property
    def side_branch(self) -> str:
        """The branch in use, or "" if it is MAIN."""
        return "" if self.branch == MAIN else self.branch

    def same_as(self, other: Any) -> None:
        """Use the branch of another thread's connection, and sign commits as it does."""
        self.use(other.branch)
        self.signature = other.signature

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
                cursor.execute(NAMED, [self.branch, self.branch])
                named = cursor.fetchall()
                if (self.branch, "branch") not in named:
                    raise UnknownRevision(repr(self.branch))
                if len(named) > 1:  # Dolt finds the data of one by the name of the other
                    raise TwinBranches(", ".join(f"the {kind} {name}" for name, kind in named))
            cursor.execute(f"{self.verb} dolt_checkout(%s)", [self.branch])
            cursor.fetchone()
        with self.wrap_database_errors, closing(self.create_cursor()) as cursor:
            # A branch that was deleted in the meantime may have been taken for a table.
            cursor.execute("SELECT active_branch()")
            if cursor.fetchone()[0] != self.branch:
                raise UnknownRevision(repr(self.branch))
        self._checked_out = self.branch

    def _note(self, error: DatabaseError) -> None:
        """Remember whether this error says that the branch was deleted."""
        self._gone = self._checked_out != MAIN and self.branch_is_gone(error)
