"""Which commit a text means: a branch, a tag, a commit's hash, or a datetime."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

from django.db import DEFAULT_DB_ALIAS

from versioning.errors import UnknownRevision
from versioning.models.commits import Commit
from versioning.names import revision
from versioning.procedures import query


def commit_of(text: str, using: str = DEFAULT_DB_ALIAS) -> str:
    """Return the hash of the commit that this text means; raise UnknownRevision.

    A datetime (ISO 8601, UTC if it names no zone) means the active branch's latest commit by then.
    DoltLite keeps the seconds of a commit, the server milliseconds.
    """
    try:
        return hash_of(text, using)
    except UnknownRevision:
        when = _datetime(text)
        if when is None:
            raise
    # Without an order: the log begins with the newest.
    for commit in Commit.objects.using(using).filter(date__lte=when)[:1]:
        return commit.pk
    raise UnknownRevision(f"(the first commit is later than {text})")


def hash_of(name: str, using: str = DEFAULT_DB_ALIAS) -> str:
    """Return the hash of the commit of this branch, tag or hash; raise UnknownRevision."""
    wanted = revision(name)
    with suppress(UnknownRevision):  # whose words do not name it
        [(found,)] = query("SELECT dolt_hashof(%s)", [wanted], using)
        if found:
            return str(found)
    raise UnknownRevision(repr(name))


def _datetime(text: str) -> datetime | None:
    try:
        when = datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
        return when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
