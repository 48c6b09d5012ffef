"""Which commits a branch contains, and which commit of it merged another."""

from __future__ import annotations

from django.db import DEFAULT_DB_ALIAS

from versioning.names import revision
from versioning.procedures import query


def contains(branch: str, commit: str, using: str = DEFAULT_DB_ALIAS) -> bool:
    """Return whether this commit is the branch's latest or one before it.

    Raises UnknownRevision if there is no such branch or commit.
    """
    names = [revision(branch), revision(commit)]
    return query("SELECT dolt_merge_base(%s, %s)", names, using) == [(commit,)]


def merge_of(commit: str, branch: str, using: str = DEFAULT_DB_ALIAS) -> str:
    """Return the commit that merged this one into the branch; itself after a fast-forward."""
    merges = query(
        "SELECT commit_hash FROM dolt_commit_ancestors WHERE parent_hash = %s AND parent_index = 1"
        " AND commit_hash IN (SELECT commit_hash FROM dolt_log(%s))",
        [commit, revision(branch)],
        using,
    )
    return str(merges[0][0]) if merges else commit
