"""For tests of projects: a branch that exists during a block, and what a block changed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DEFAULT_DB_ALIAS

from versioning.models import Branch
from versioning.names import checked
from versioning.revisions import hash_of
from versioning.signatures import author, signed


@contextmanager
def temporary_branch(
    name: str = "test", start: str = "main", using: str = DEFAULT_DB_ALIAS
) -> Iterator[Branch]:
    """Execute the block on a new branch, and delete it with all that was written on it.

    The test needs commits, so it is one with `transaction=True`. Nothing is flushed: the other
    branches are as they were. Raises NameTaken, InvalidName and UnknownRevision.
    """
    branch = Branch(name=checked(name), hash=hash_of(start, using))
    branch.save(using=using)
    try:
        with signed("test", author("test"), branch=name, using=using):
            yield branch
    finally:
        branch.delete(using=using, force=True)
