"""Who makes a commit and why: the author and the message of the commits of a block of code."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections

MAIN = "main"
LONGEST = 2000  # characters of a message


class Signature(NamedTuple):
    """The message and the author ("Name <address>") of a commit."""

    message: str
    author: str


def author(name: str, address: str = "") -> str:
    """Return "Name <address>" without the characters that would end either."""
    name, address = (re.sub(r"[\x00-\x1f\x7f<>]", " ", text).strip() for text in (name, address))
    return f"{name or 'anybody'} <{address or 'bank@localhost'}>"


def of_this_process() -> Signature:
    """Return the signature of commits that nobody signs: the command, such as "manage.py shell"."""
    command = [Path(sys.argv[0]).name or "python", *sys.argv[1:2]]
    return Signature(" ".join(command), author("Django"))


@contextmanager
def signed(
    message: str, author: str, *, branch: str = MAIN, using: str = DEFAULT_DB_ALIAS
) -> Iterator[Any]:
    """Execute the block on this branch; its commits have this message and author.

    Yields the connection, whose `made_commit` is then the hash of its first commit, or None. The
    block's first statement raises UnknownRevision if there is no such branch. Raises InTransaction
    inside atomic(), unless the branch is the active one.
    """
    with signed_by(lambda: Signature(message, author), branch, using) as connection:
        yield connection


@contextmanager
def commits_by_hand(using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Make no commits in this block but those of `Commit(message=…).save()`.

    Until then its changes can get into the commits of others.
    """
    connection: Any = connections[using]
    with signed_by(None, connection.branch, using):
        yield


@contextmanager
def signed_by(
    signature: Callable[[], Signature] | None, branch: str = MAIN, using: str = DEFAULT_DB_ALIAS
) -> Iterator[Any]:
    """Like signed(), but call this function before each commit; None makes no commits."""
    connection: Any = connections[using]
    before = connection.signature, connection.branch, connection.made_commit
    connection.use(branch)
    connection.signature, connection.made_commit = signature, None
    try:
        yield connection
    finally:
        connection.signature, branch, _ = before
        connection.use(branch)
        if connection.connection is not None:
            with suppress(DatabaseError):  # then it is done before the next use
                connection.ensure_connection()  # a branch in use could not be deleted
