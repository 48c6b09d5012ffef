"""Remotes: other places of the database, to which branches are pushed."""

from __future__ import annotations

from typing import Any

from django.db import models

from versioning.errors import InvalidAddress
from versioning.models.rows import alias_of
from versioning.names import checked, revision
from versioning.procedures import call


class Remote(models.Model):
    """Another place of the database: a directory (file:///…) or a server. `save()` adds it.

    On the server only the database's owner may use remotes, which read and write the server's
    files; the application's user may not. Commands of `runner manage` are run as the owner, so no
    connection of its own is needed. Otherwise each method raises NotPermitted.
    """

    name = models.CharField(primary_key=True, max_length=100)
    url = models.TextField()

    class Meta:
        managed = False
        db_table = "dolt_remotes"

    def __str__(self) -> str:
        return f"{self.name} {self.url}"

    def save(self, *args: Any, using: str | None = None, **kwargs: Any) -> None:
        """Add the remote; raise InvalidName, InvalidAddress, and NameTaken."""
        call("remote", "add", checked(self.name), address(self.url), using=alias_of(self, using))

    def delete(
        self, using: str | None = None, keep_parents: bool = False
    ) -> tuple[int, dict[str, int]]:
        """Forget the remote, not the data there; raise UnknownRemote."""
        call("remote", "remove", revision(self.name), using=alias_of(self, using))
        return 1, {self._meta.label: 1}

    def push(self, branch: str) -> None:
        """Send the branch's commits; raise UnknownRemote, UnknownRevision, and RemoteMoved."""
        call("push", revision(self.name), revision(branch), using=alias_of(self))

    def fetch(self) -> None:
        """Get the commits of the remote's branches, but change no branch; raise UnknownRemote."""
        call("fetch", revision(self.name), using=alias_of(self))


def address(url: str) -> str:
    """Return this URL; raise InvalidAddress if Dolt would take it for something else."""
    if url.startswith("-") or "://" not in url:
        raise InvalidAddress(repr(url))
    return url
