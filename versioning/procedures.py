"""Calls of Dolt's procedures, which the Dolt server and DoltLite spell differently.

https://docs.dolthub.com/sql-reference/version-control/dolt-sql-procedures
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections

from versioning import errors
from versioning.errors import InTransaction, VersionError

# These commit the running SQL transaction, whatever Django believes of it.
COMMITTING = {"branch", "commit", "merge", "tag"}
# The words of both engines, in the order in which they are searched for.
REFUSALS: dict[str, type[VersionError]] = {
    r"command denied": errors.NotPermitted,
    r"no space left|disk is full": errors.DiskFull,
    r"no remote|unknown remote|remote ('.*' )?not found|no Dolt data|open remote|"
    r"failed to create directory|could not connect to remote|unknown url scheme|push error":
        errors.UnknownRemote,
    r"not a fast-forward|non-fast-forward": errors.RemoteMoved,
    r"already exists|can't create database|fresh database": errors.NameTaken,
    r"nothing to commit": errors.NothingToCommit,
    r"conflict|constraint violations": errors.MergeConflict,
    r"not possible to fast-forward|not ancestor of commit": errors.BranchMoved,
    r"uncommitted changes|local changes|would be stomped|would be overwritten": errors.Uncommitted,
    r"not fully merged": errors.NotMerged,
    r"in use|cannot delete the current|default branch|checked out": errors.BranchInUse,
    r"not found|no such|did not match|unknown|could not (?:find|be found)|does not exist|"
    r"is not a commit|could not resolve|(ref|ancestor|HEAD) spec|out of range":
        errors.UnknownRevision,
    r"invalid (branch|tag|ref)|not a valid|bad branch name": errors.InvalidName,
}  # fmt: skip


def call(name: str, *arguments: str, using: str = DEFAULT_DB_ALIAS) -> Any:
    """Call dolt_NAME with these arguments and return the first value of its result.

    Raises a VersionError with the engine's own words for what Dolt refuses, InTransaction inside
    atomic() for a procedure that would commit, and Django's DatabaseError for everything else.
    """
    connection = connections[using]
    if name in COMMITTING and connection.in_atomic_block and "--no-commit" not in arguments:
        raise InTransaction(f"(dolt_{name})")
    return run(name, *arguments, using=using)


def run(name: str, *arguments: str, using: str = DEFAULT_DB_ALIAS) -> Any:
    """Call it like call(), also inside atomic(): the caller knows that it may commit."""
    connection: Any = connections[using]
    places = ", ".join(["%s"] * len(arguments))
    found = query(f"{connection.verb} dolt_{name}({places})", arguments, using)
    return found[0][0] if found else None


def query(sql: str, parameters: Sequence[Any], using: str = DEFAULT_DB_ALIAS) -> list[Any]:
    """Execute a statement and return its rows; raise a VersionError for what Dolt refuses."""
    try:
        with connections[using].cursor() as cursor:
            cursor.execute(sql, parameters)
            return list(cursor.fetchall())
    except DatabaseError as error:
        if refused := refusal(error):
            raise refused from error
        raise


def merge_uncommitted(commit: str) -> None:
    """Merge this commit into the tables, inside of a transaction.

    Conflicts and violations are in Dolt's tables then. A rollback leaves nothing; a COMMIT makes
    the merge's commit, or is refused while there are conflicts. DoltLite also raises an error.
    """
    with suppress(errors.MergeConflict):
        call("merge", "--no-ff", "--no-commit", commit)


def fast_forward(commit: str) -> None:
    """Make this commit, a descendant, the latest of the active branch, also inside atomic().

    Raises BranchMoved if it is no descendant. On DoltLite, the transaction has locked the branch.
    """
    options = [] if connections[DEFAULT_DB_ALIAS].vendor == "sqlite" else ["--ff-only"]
    run("merge", *options, commit)


def clone_into_this(url: str, using: str = DEFAULT_DB_ALIAS) -> None:
    """Make this connection's database from the one at this URL; raise what call() raises."""
    connection: Any = connections[using]
    if connection.vendor == "sqlite":
        call("clone", url, using=using)
        connection.close()  # SQLite has read the tables' definitions before
        return
    try:
        with connection._nodb_cursor() as cursor:
            cursor.execute("CALL dolt_clone(%s, %s)", [url, connection.settings_dict["NAME"]])
    except DatabaseError as error:
        if refused := refusal(error):
            raise refused from error
        raise


def correct_counter(model: Any, using: str = DEFAULT_DB_ALIAS) -> None:
    """Let new rows of this model get keys that no row has, also after a merge from a remote.

    The server's counter knows only the rows that were inserted here; DoltLite's is in the data.
    """
    connection = connections[using]
    if connection.vendor != "sqlite":
        last = model._base_manager.using(using).order_by("pk").last()
        table = connection.ops.quote_name(model._meta.db_table)
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {table} AUTO_INCREMENT = {last.pk + 1 if last else 1}")


def refusal(error: DatabaseError) -> VersionError | None:
    """Return our own error for what the engine refused."""
    words = str(error.args[-1] if error.args else "")
    found = (kind for pattern, kind in REFUSALS.items() if re.search(pattern, words, re.IGNORECASE))
    return next((kind(f"({words})") for kind in found), None)
