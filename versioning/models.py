"""Dolt's system tables as models: reading them is a query, saving one calls a procedure.

https://docs.dolthub.com/sql-reference/version-control/dolt-system-tables
"""

from __future__ import annotations

from typing import Any, Self

from django.db import DEFAULT_DB_ALIAS, connections, models

from versioning.errors import UnknownRevision
from versioning.names import checked, revision
from versioning.procedures import call


def _alias(row: models.Model, using: str | None = None) -> str:
    """Return the database that is asked for, or the one that the row was read from."""
    return using or row._state.db or DEFAULT_DB_ALIAS


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
        alias = _alias(self, using)
        start = [revision(self.hash)] if self.hash else []
        call("branch", checked(self.name), *start, using=alias)
        self.refresh_from_db(using=alias)

    def delete(
        self, using: str | None = None, keep_parents: bool = False, *, force: bool = False
    ) -> tuple[int, dict[str, int]]:
        """Delete the branch; raise UnknownRevision, BranchInUse, and NotMerged unless `force`."""
        option = "-D" if force else "-d"
        call("branch", option, revision(self.name), using=_alias(self, using))
        return 1, {self._meta.label: 1}

    def rename(self, name: str) -> None:
        """Give it another name; raise UnknownRevision, InvalidName, NameTaken or BranchInUse."""
        names = revision(self.name), checked(name)
        call("branch", "-m", *names, using=_alias(self))
        self.name = name

    def checkout(self) -> None:
        """Let this thread's connection read and write this branch; raise UnknownRevision.

        Uncommitted changes stay on the branch where they were made.
        """
        using = _alias(self)
        # dolt_checkout() takes any other name for a table, and discards its uncommitted changes.
        if not Branch.objects.using(using).filter(name=self.name).exists():
            raise UnknownRevision(repr(self.name))
        call("checkout", self.name, using=using)

    def merge(self, message: str = "") -> Commit:
        """Merge this branch into the active one; return the active branch's latest commit.

        Rows are merged cell by cell. Raises UnknownRevision, MergeConflict and Uncommitted; then
        nothing was changed.
        """
        using = _alias(self)
        options = ("-m", message) if message else ()
        call("merge", revision(self.name), *options, using=using)
        return Commit.latest(using)

    @classmethod
    def active_branch(cls, using: str = DEFAULT_DB_ALIAS) -> Self:
        """Return the branch that this thread's connection reads and writes."""
        with connections[using].cursor() as cursor:
            cursor.execute("SELECT active_branch()")
            [(name,)] = cursor.fetchall()
        return cls.objects.using(using).get(name=name)


class Commit(models.Model):
    """A commit of the active branch. `save()` commits all that has changed in all tables."""

    commit_hash = models.CharField(primary_key=True, max_length=40)
    committer = models.TextField()
    email = models.TextField()
    date = models.DateTimeField()
    message = models.TextField()

    class Meta:
        managed = False
        db_table = "dolt_log"

    def __str__(self) -> str:
        return self.message

    def save(self, *args: Any, using: str | None = None, **kwargs: Any) -> None:
        """Commit everything; with `committer` and `email` as its author, if they are given.

        Raises NothingToCommit.
        """
        alias = _alias(self, using)
        author = ["--author", f"{self.committer} <{self.email}>"] if self.committer else []
        self.commit_hash = call("commit", "-A", "-m", self.message, *author, using=alias)
        self.refresh_from_db(using=alias)

    @classmethod
    def latest(cls, using: str = DEFAULT_DB_ALIAS) -> Self:
        """Return the active branch's latest commit."""
        return cls.objects.using(using).get(pk=Branch.active_branch(using).hash)


class Tag(models.Model):
    """A name for a commit. `save()` creates it."""

    tag_name = models.CharField(primary_key=True, max_length=100)
    tag_hash = models.CharField(max_length=40)
    tagger = models.TextField()
    email = models.TextField()
    date = models.DateTimeField()
    message = models.TextField()

    class Meta:
        managed = False
        db_table = "dolt_tags"

    def __str__(self) -> str:
        return self.tag_name

    def save(self, *args: Any, using: str | None = None, **kwargs: Any) -> None:
        """Create the tag at the revision `tag_hash`, or at the active branch's latest commit.

        Raises InvalidName, NameTaken and UnknownRevision.
        """
        alias = _alias(self, using)
        message = ["-m", self.message] if self.message else []
        commit = revision(self.tag_hash or "HEAD")
        call("tag", checked(self.tag_name), commit, *message, using=alias)
        self.refresh_from_db(using=alias)

    def delete(
        self, using: str | None = None, keep_parents: bool = False
    ) -> tuple[int, dict[str, int]]:
        """Delete the tag, not its commit."""
        call("tag", "-d", revision(self.tag_name), using=_alias(self, using))
        return 1, {self._meta.label: 1}


class Status(models.Model):
    """A table with changes that are in no commit yet."""

    table_name = models.CharField(primary_key=True, max_length=200)
    staged = models.BooleanField()
    status = models.TextField()

    class Meta:
        managed = False
        db_table = "dolt_status"
        verbose_name_plural = "status"

    def __str__(self) -> str:
        return f"{self.table_name}: {self.status}"
