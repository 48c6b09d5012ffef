"""Commits: Dolt's log as a model."""

from __future__ import annotations

from typing import Any, Self

from django.db import DEFAULT_DB_ALIAS, connections, models

from versioning.models.rows import alias_of
from versioning.procedures import call


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
        alias = alias_of(self, using)
        author = ["--author", f"{self.committer} <{self.email}>"] if self.committer else []
        self.commit_hash = call("commit", "-A", "-m", self.message, *author, using=alias)
        self.refresh_from_db(using=alias)

    @classmethod
    def latest(cls, using: str = DEFAULT_DB_ALIAS) -> Self:
        """Return the active branch's latest commit."""
        with connections[using].cursor() as cursor:
            cursor.execute("SELECT dolt_hashof('HEAD')")
            [(head,)] = cursor.fetchall()
        return cls.objects.using(using).get(pk=head)
