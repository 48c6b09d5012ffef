"""The engine of the Dolt server, with version control."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Any

from django.db import DatabaseError, InterfaceError, transaction

from backends.dolt import base
from bank.errors import RetriesExhausted
from bank.transactions.deadline import remaining
from versioning.engines.versioned import Versioned

# Of every statement on a branch that another session has deleted.
GONE = re.compile(
    r"branch not found|database not found: .+/|Could not load database|working set not found|"
    r"tablespec"
)
# Of a commit while another session writes the same branch, moves it forward, or deletes it.
REFUSED = re.compile(r"optimistic lock failed|head is not ancestor of commit")
LONGEST_WAIT = 60  # seconds for other merges into the branch
UNKNOWN = re.compile(r"no head but commit succeeded")


class DatabaseWrapper(Versioned, base.DatabaseWrapper):
    verb = "CALL"

    @staticmethod
    def branch_is_gone(error: BaseException) -> bool:
        return bool(GONE.search(str(error.args[-1:])))

    @classmethod
    def error_kind(cls, error: BaseException) -> str | None:
        """Return the name of the error's kind: a retry finds that the branch is gone."""
        kind = base.DatabaseWrapper.error_kind(error)
        of_driver = isinstance(error, cls.Database.OperationalError)
        if of_driver and UNKNOWN.search(str(error)):
            return "UNKNOWN"
        refused = cls.branch_is_gone(error) or REFUSED.search(str(error))
        return "CONFLICT" if of_driver and refused else kind

    def reading(self) -> AbstractContextManager[Any]:
        return transaction.atomic(using=self.alias, durable=True)

    def changes(self, table: str) -> str:
        return f"dolt_diff(%s, %s, '{table}')"

    def past(self, table: str) -> str:
        return f"{self.ops.quote_name(table)} AS OF %s"

    def literal(self, text: str) -> str:
        return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"

    @contextmanager
    def alone(self, branch: str = "") -> Iterator[None]:
        # Two transactions that merge the same commit write the same values, which is no conflict:
        # the later one would merge again what was deleted in between.
        place = f"{self.settings_dict['NAME']}/{branch or self.branch}"
        name = hashlib.sha256(place.encode()).hexdigest()  # a lock's name has at most 64 characters
        seconds = int(max(1, min(LONGEST_WAIT, remaining())))
        with self.cursor() as cursor:
            cursor.execute("SELECT GET_LOCK(%s, %s)", [name, seconds])
            if cursor.fetchone() != (1,):
                raise RetriesExhausted
        try:
            yield
        finally:
            with suppress(DatabaseError, InterfaceError), self.cursor() as cursor:
                cursor.execute("SELECT RELEASE_LOCK(%s)", [name])

    @contextmanager
    def at_commit(self, commit: str, tables: list[str]) -> Iterator[None]:
        # The database of a commit is read-only. USE returns to the branch that was checked out:
        # https://docs.dolthub.com/sql-reference/version-control/branches#specify-a-database-revision
        name = self.settings_dict["NAME"]
        with self.cursor() as cursor:
            cursor.execute(f"USE {self.ops.quote_name(f'{name}/{commit}')}")
            try:
                yield
            finally:
                cursor.execute(f"USE {self.ops.quote_name(name)}")
