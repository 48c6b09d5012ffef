"""Branches: created, checked out, merged and deleted."""

from __future__ import annotations

from typing import Any, Self

from django.db import DEFAULT_DB_ALIAS, connections, models

from versioning.errors import (
    BranchInUse,
    InTransaction,
    Uncommitted,
    UnknownRevision,
    VersionError,
)
from versioning.models.commits import Commit
from versioning.models.free import free
from versioning.models.rows import alias_of
from versioning.models.status import Status
from versioning.names import revision
from versioning.procedures import call
from versioning.signatures import MAIN, of_this_process


class Branch(models.Model):
    """A branch and its latest commit. `save()` creates it from the active branch."""

    name = models.CharField(primary_key=True, max_length=100)
    hash = models.CharField(max_length=40)
    latest_committer = models.TextField()
    latest_committer_email = models.TextField()
    latest_commit_date = models.DateTimeField()
    latest_commit_message = models.TextField()

    class Meta:
        managed = False
        db_table = "dolt_branches"
        verbose_name_plural = "branches"

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, using: str | None = None, **kwargs: Any) -> None:
        """Create the branch at the commit `hash`, or at the active branch's latest.

        Raises InvalidName, NameTaken, and UnknownRevision for the hash.
        """
        alias = alias_of(self, using)
        start = [revision(self.hash)] if self.hash else []
        with free(self.name, alias):
            call("branch", self.name, *start, using=alias)
        self.refresh_from_db(using=alias)

    def delete(
        self, using: str | None = None, keep_parents: bool = False, *, force: bool = False
    ) -> tuple[int, dict[str, int]]:
        """Delete the branch; raise UnknownRevision, BranchInUse, and NotMerged unless `force`."""
        self._refuse_main()
        option = "-D" if force else "-d"
        call("branch", option, revision(self.name), using=alias_of(self, using))
        return 1, {self._meta.label: 1}

    def rename(self, name: str) -> None:
        """Give it another name, also in open change requests.

        Raises UnknownRevision, InvalidName, NameTaken or BranchInUse.
        """
        from versioning.models.requests import ChangeRequest  # which needs this model

        self._refuse_main()
        before = revision(self.name)
        with free(name, alias_of(self)):
            call("branch", "-m", before, name, using=alias_of(self))
        ChangeRequest.objects.follow(self.name, name)
        self.name = name

    def _refuse_main(self) -> None:
        if self.name == MAIN:  # DoltLite would rename it
            raise BranchInUse(repr(MAIN))

    def checkout(self) -> None:
        """Let this thread's connection read and write this branch.

        Uncommitted changes stay on the branch where they were made. Raises UnknownRevision,
        TwinBranches, and InTransaction inside atomic(); then nothing has changed.
        """
        connection: Any = connections[alias_of(self)]
        before = connection.branch
        connection.use(self.name)
        try:
            connection.ensure_connection()
        except VersionError:
            connection.use(before)
            raise

    def merge(self, message: str = "") -> Commit:
        """Merge this branch into the active one; return the active branch's latest commit.

        As merge() of versioning/merge/merging.py does, without resolutions: rows are merged cell by
        cell, and rules are checked. Raises UnknownRevision, InTransaction, Uncommitted, and
        MergeConflict; then nothing was changed.
        """
        from versioning.merge.merging import merge  # which needs this model

        connection: Any = connections[DEFAULT_DB_ALIAS]
        if connection.in_atomic_block:
            raise InTransaction("(merge)")
        if Status.objects.exists():
            raise Uncommitted
        signature = (connection.signature or of_this_process)()
        message = message or f"Merge branch {self.name!r} into {connection.branch!r}"
        merge(self.name, connection.branch, signature._replace(message=message))
        return Commit.latest()

    @classmethod
    def named(cls, name: str) -> Self:
        """Return the branch of this name; raise UnknownRevision."""
        for branch in cls.objects.filter(name=name):
            return branch
        raise UnknownRevision(repr(name))

    @classmethod
    def active_branch(cls, using: str = DEFAULT_DB_ALIAS) -> Self:
        """Return the branch that this thread's connection reads and writes."""
        with connections[using].cursor() as cursor:
            cursor.execute("SELECT active_branch()")
            [(name,)] = cursor.fetchall()
        return cls.objects.using(using).get(name=name)
