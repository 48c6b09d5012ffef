"""Commits: Dolt's log as a model."""

from __future__ import annotations

from typing import Any, Self

from django.db import DEFAULT_DB_ALIAS, connections, models

from versioning.errors import NoMessage
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

        Raises NothingToCommit, and NoMessage.
        """
        if not self.message.strip():
            raise NoMessage
        alias = alias_of(self, using)
        author = ["--author", f"{self.committer} <{self.email}>"] if self.committer else []
        self.commit_hash = call("commit", "-A", "-m", self.message, *author, using=alias)
        self.refresh_from_db(using=alias)

    @classmethod
    def latest(cls, using: str = DEFAULT_DB_ALIAS) -> Self:
        """Return the active branch's latest commit."""
        [latest] = cls.log("HEAD", 1, using=using)
        return latest

    @classmethod
    def log(cls, head: str, limit: int, skip: int = 0, using: str = DEFAULT_DB_ALIAS) -> list[Self]:
        """Return this commit and its ancestors, newest first, without the first `skip`."""
        names = ", ".join(field.attname for field in cls._meta.concrete_fields)
        sql = f"SELECT {names} FROM dolt_log(%s) LIMIT %s OFFSET %s"  # noqa: S608
        return list(cls.objects.using(using).raw(sql, [head, limit, skip]))

    @classmethod
    def parents(cls, commits: list[str], using: str = DEFAULT_DB_ALIAS) -> dict[str, list[str]]:
        """Return the hashes of the parents of each of these commits; a merge has two."""
        found: dict[str, list[str]] = {commit: [] for commit in commits}
        # Two at least: Dolt takes one for a key, and refuses a merge, which has two rows, with
        # "result max1Row iterator returned more than one row".
        places = ", ".join(["%s"] * len(commits) + ["''", "''"])
        with connections[using].cursor() as cursor:
            cursor.execute(
                "SELECT commit_hash, parent_hash FROM dolt_commit_ancestors "  # noqa: S608
                f"WHERE commit_hash IN ({places}) ORDER BY parent_index",
                [*commits],
            )
            for commit, parent in cursor.fetchall():
                found[commit] += [parent] if parent else []
        return found

    @classmethod
    def all_parents(cls, using: str = DEFAULT_DB_ALIAS) -> dict[str, list[str]]:
        """Return the hashes of the parents of every commit that has any, the first parent first."""
        found: dict[str, list[str]] = {}
        with connections[using].cursor() as cursor:
            cursor.execute(
                "SELECT commit_hash, parent_hash FROM dolt_commit_ancestors ORDER BY parent_index"
            )
            for commit, parent in cursor.fetchall():
                if parent:
                    found.setdefault(commit, []).append(parent)
        return found
