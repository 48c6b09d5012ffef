"""Merges what a remote has, and makes a new database from a remote."""

from __future__ import annotations

from django.db import connection

from bank.models import OrderLine
from versioning.errors import UnknownRevision
from versioning.merge.merging import Merge, merge
from versioning.models import Remote
from versioning.models.remotes import address
from versioning.procedures import clone_into_this, correct_counter
from versioning.rows import MODELS
from versioning.signatures import Signature, signed


def pull(remote: Remote, branch: str, signature: Signature) -> Merge:
    """Merge the remote's branch of this name into ours, with this author and message.

    Raises UnknownRemote, UnknownRevision, and what merge() raises; then no branch was changed.
    """
    remote.fetch()
    merged = merge(_fetched(f"{remote.name}/{branch}"), branch, signature)
    with signed(*signature, branch=branch):
        for model in (*MODELS.values(), OrderLine):
            correct_counter(model)
    return merged


def _fetched(branch: str) -> str:
    """Return the latest commit that was fetched of this branch of a remote."""
    with connection.cursor() as cursor:
        sql = "SELECT hash FROM dolt_remote_branches WHERE name = %s"
        cursor.execute(sql, [f"remotes/{branch}"])
        found = cursor.fetchone()
    if not found:
        raise UnknownRevision(repr(branch))
    return str(found[0])


def clone(url: str) -> None:
    """Make the database of this connection from a remote: there must be none, or an empty file.

    It then has the branch main, and the remote `origin`. Raises InvalidAddress, UnknownRemote and
    NameTaken.
    """
    clone_into_this(address(url))
