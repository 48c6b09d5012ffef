"""Every test begins on the branch main, with everything committed, and without other branches."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import pytest
from django.db import connection

from versioning.errors import NothingToCommit
from versioning.models import Branch, Commit, Tag
from versioning.signatures import commits_by_hand


@pytest.fixture(autouse=True)
def main(transactional_db: None) -> Iterator[Branch]:
    """Return the branch main; delete all others after the test."""
    with suppress(NothingToCommit):
        Commit(message="Before the test").save()
    yield Branch.objects.get(name="main")
    connection.use("main")
    connection.close()
    for branch in Branch.objects.exclude(name="main"):
        branch.delete(force=True)
    for tag in Tag.objects.all():
        tag.delete()


@pytest.fixture
def by_hand(main: Branch) -> Iterator[None]:
    """Make no commits but those of the test: `Commit(message=…).save()`."""
    with commits_by_hand():
        yield


@pytest.fixture
def other() -> Branch:
    """Return a new branch of main, which is not checked out."""
    branch = Branch(name="other")
    branch.save()
    return branch
