"""Calls of Dolt's procedures, which the Dolt server and DoltLite spell differently.

https://docs.dolthub.com/sql-reference/version-control/dolt-sql-procedures
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections

from versioning import errors
from versioning.errors import InTransaction, VersionError

# These commit the running SQL transaction, whatever Django believes of it.
COMMITTING = {"branch", "commit", "merge", "tag"}
# The words of both engines, in the order in which they are searched for.
REFUSALS: dict[str, type[VersionError]] = {
    r"already exists": errors.NameTaken,
    r"nothing to commit": errors.NothingToCommit,
    r"conflict|constraint violations": errors.MergeConflict,
    r"not possible to fast-forward": errors.BranchMoved,
    r"uncommitted changes|local changes|would be stomped|would be overwritten": errors.Uncommitted,
    r"not fully merged": errors.NotMerged,
    r"in use|cannot delete the current|default branch|checked out": errors.BranchInUse,
    r"not found|no such|did not match|unknown|could not find|does not exist|"
    r"(ref|ancestor|HEAD) spec": errors.UnknownRevision,
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
    connection = connections[using]
    places = ", ".join(["%s"] * len(arguments))
    verb = "SELECT" if connection.vendor == "sqlite" else "CALL"
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"{verb} dolt_{name}({places})", arguments)
            found = cursor.fetchone()
            return found[0] if found else None
    except DatabaseError as error:
        raise refusal(error) or error from error


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


def refusal(error: DatabaseError) -> VersionError | None:
    """Return our own error for what the engine refused."""
    words = str(error.args[-1] if error.args else "")
    found = (kind for pattern, kind in REFUSALS.items() if re.search(pattern, words, re.IGNORECASE))
    return next((kind(f"({words})") for kind in found), None)
