"""The rules of reviews: whether a commit is approved.

A person is a name: that of a token's client, or of a user of the admin. One name is one person.

- settings.VERSIONING_APPROVALS reviewers, none of them the author, approve of this very commit.
- Each reviewer's latest decision counts. One who requested changes, of whatever commit, prevents
  the merge until he or she approves: a new commit alone does not show that it has the changes.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings

from versioning import errors
from versioning.errors import VersionError

APPROVE, REQUEST_CHANGES, COMMENT = DECISIONS = ("approve", "request changes", "comment")


def missing(author: str, reviews: Iterable[Any], commit: str) -> list[VersionError]:
    """Return what these reviews, oldest first, lack for a merge of this commit by this author."""
    latest = {
        review.reviewer: review
        for review in reviews
        if review.decision != COMMENT and review.reviewer != author
    }
    against = sorted(name for name, r in latest.items() if r.decision == REQUEST_CHANGES)
    approved = [review for review in latest.values() if review.decision == APPROVE]
    count, wanted = sum(r.commit == commit for r in approved), settings.VERSIONING_APPROVALS
    found: list[VersionError] = [errors.ChangesRequested(", ".join(against))] if against else []
    if count < wanted:
        kind = errors.OutdatedApproval if len(approved) >= wanted else errors.NotApproved
        found.append(kind(f"({count} of {wanted})"))
    return found
