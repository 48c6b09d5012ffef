"""Tags: names for commits."""

from __future__ import annotations

from typing import Any

from django.db import models

from versioning.errors import UnknownRevision
from versioning.models.free import free
from versioning.models.rows import alias_of
from versioning.names import revision
from versioning.procedures import call


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
        alias = alias_of(self, using)
        message = ["-m", self.message] if self.message else []
        commit = revision(self.tag_hash or "HEAD")
        with free(self.tag_name, alias):
            call("tag", self.tag_name, commit, *message, using=alias)
        self.refresh_from_db(using=alias)

    def delete(
        self, using: str | None = None, keep_parents: bool = False
    ) -> tuple[int, dict[str, int]]:
        """Delete the tag, not its commit; raise UnknownRevision."""
        alias = alias_of(self, using)
        if not Tag.objects.using(alias).filter(pk=self.tag_name).exists():
            raise UnknownRevision(repr(self.tag_name))
        call("tag", "-d", self.tag_name, using=alias)
        return 1, {self._meta.label: 1}
