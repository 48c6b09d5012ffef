"""Change requests: a branch is merged into another when others have approved of it."""

from __future__ import annotations

from typing import Any, Self

from django.db import DEFAULT_DB_ALIAS, connections, models

from bank.transactions import retry_transaction
from versioning import approvals, errors
from versioning.ancestry import contains
from versioning.errors import VersionError
from versioning.models.mergeable import Mergeable, State
from versioning.names import checked
from versioning.router import SITE


class Requests(models.QuerySet["ChangeRequest"]):
    """Some change requests."""

    def settled(self) -> Self:
        """Return them after the record of merges whose processes were killed before it."""
        for request in self.filter(state=State.OPEN).exclude(merging=""):
            request.settle()
        return self.all()

    def opened(self, source: str, target: str) -> Self:
        """Return the open one of these branches, if there is one."""
        return self.filter(state=State.OPEN, source=source, target=target)

    def follow(self, branch: str, name: str) -> None:
        """Let the open ones follow a branch that was given another name."""
        for side in ("source", "target"):
            self.filter(state=State.OPEN, **{side: branch}).update(**{side: name})


class ChangeRequest(Mergeable):
    """Asks others to review the source branch, and to merge it into the target branch.

    merge() enforces the rules, which are in versioning/approvals.py.
    """

    title = models.CharField(max_length=250)
    description = models.TextField(blank=True, max_length=10_000)
    author = models.TextField(editable=False)
    created = models.DateTimeField(auto_now_add=True)

    objects = Requests.as_manager()

    class Meta:
        db_table = "change_requests"
        permissions = [("merge_changerequest", "Can merge change request")]

    def __str__(self) -> str:
        return self.title

    def open(self) -> None:
        """Save it; raise NothingToMerge, AlreadyRequested if there is an open one, and InvalidName
        or UnknownRevision for a branch."""
        for name in (self.source, self.target):
            checked(name)
        if not (head := self.head()):
            raise self._no_branch()
        if contains(self.target, head):
            raise errors.NothingToMerge
        ChangeRequest.objects.settled()
        connection: Any = connections[DEFAULT_DB_ALIAS]
        with connection.alone(self.target):  # or Dolt would insert two (write skew)
            self._insert()

    @retry_transaction(using=SITE)
    def _insert(self) -> None:
        for row in ChangeRequest.objects.opened(self.source, self.target):
            raise errors.AlreadyRequested(f"number {row.pk}")
        self.pk = None  # that of an attempt that was rolled back
        self.save(force_insert=True)

    def obstacles(self, head: str) -> list[VersionError]:
        """Return the reasons why this commit of the source cannot be merged: none if it can."""
        if done := self._done():
            return [done]
        if not head:
            return [self._no_branch()]
        merged = [errors.NothingToMerge()] if contains(self.target, head) else []
        reviews = self.reviews.order_by("pk")
        return [*merged, *approvals.missing(self.author, reviews, head)]

    def review(self, reviewer: str, decision: str, text: str = "", commit: str = "") -> Any:
        """Add a review of the source's latest commit, and return it.

        Raises OutdatedReview if another commit was reviewed, OwnRequest if the author approves,
        NotOpen, and UnknownRevision if a branch does not exist.
        """
        if self.state != State.OPEN:
            raise errors.NotOpen(f"({self.state})")
        if not (head := self.head()):
            raise self._no_branch()
        if decision == approvals.APPROVE and reviewer == self.author:
            raise errors.OwnRequest
        if commit not in ("", head):
            raise errors.OutdatedReview(f"({head})")
        given = {"reviewer": reviewer, "decision": decision, "text": text, "commit": head}
        return self.reviews.create(**given)

    @retry_transaction(using=SITE)
    def close(self) -> None:
        """Close it without a merge; raise NotOpen or BeingMerged."""
        self.refresh_from_db()
        if done := self._done():
            raise done
        self._write(state=State.CLOSED)

    def default_message(self) -> str:
        """Return the message of a merge that was given none."""
        return f"Merge change request {self.pk}: {self.title}"
