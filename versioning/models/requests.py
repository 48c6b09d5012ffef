"""Change requests: a branch is merged into another when others have approved of it."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta
from typing import Any, Self

from django.db import models
from django.utils import timezone

from bank.transactions import retry_transaction
from versioning import approvals, errors
from versioning.ancestry import contains, merge_of
from versioning.errors import UnknownRevision, VersionError
from versioning.merge import merging
from versioning.merge.conflicts import Resolution
from versioning.models.branches import Branch
from versioning.names import checked
from versioning.router import SITE
from versioning.signatures import MAIN, Signature, author

# After this, the process of a merge that was not recorded is taken for killed. If it still runs, it
# and a second merge merge the same commit, and the later one changes nothing.
LONGEST_MERGE = timedelta(minutes=1)


class State(models.TextChoices):
    """What has become of a change request."""

    OPEN = "open"
    MERGED = "merged"
    CLOSED = "closed"


class Requests(models.QuerySet["ChangeRequest"]):
    """Some change requests."""

    def settled(self) -> Self:
        """Return them after the record of merges whose processes were killed before it."""
        for request in self.filter(state=State.OPEN).exclude(merging=""):
            request.settle()
        return self.all()

    def follow(self, branch: str, name: str) -> None:
        """Let the open ones follow a branch that was given another name."""
        for side in ("source", "target"):
            self.filter(state=State.OPEN, **{side: branch}).update(**{side: name})


class ChangeRequest(models.Model):
    """Asks others to review the source branch, and to merge it into the target branch.

    merge() enforces the rules, which are in versioning/approvals.py.
    """

    title = models.CharField(max_length=250)
    description = models.TextField(blank=True, max_length=10_000)
    source = models.CharField(max_length=100)
    target = models.CharField(max_length=100, default=MAIN)
    author = models.TextField(editable=False)
    created = models.DateTimeField(auto_now_add=True)
    state = models.CharField(
        max_length=6, choices=State.choices, default=State.OPEN, editable=False
    )
    commit = models.CharField(max_length=40, blank=True, editable=False)
    # The commit of the source that is being merged; "" before and after. The two databases have no
    # common transaction: a merge that was killed between its COMMIT and its record has left it.
    merging = models.CharField(max_length=40, blank=True, editable=False)
    # When the state or `merging` was written. Dolt merges two transactions that change different
    # columns of a row; that both write this one makes it refuse the second.
    changed = models.DateTimeField(auto_now_add=True)

    objects = Requests.as_manager()

    class Meta:
        db_table = "change_requests"
        permissions = [("merge_changerequest", "Can merge change request")]

    def __str__(self) -> str:
        return self.title

    def open(self) -> None:
        """Save it; raise NothingToMerge, and InvalidName or UnknownRevision for a branch."""
        for name in (self.source, self.target):
            checked(name)
        if not (head := self.head()):
            raise self._no_branch()
        if contains(self.target, head):
            raise errors.NothingToMerge
        self.save(force_insert=True)

    def head(self) -> str:
        """Return the source's latest commit, or "" if source or target does not exist."""
        found = Branch.objects.in_bulk([self.source, self.target])
        return found[self.source].hash if {self.source, self.target} <= set(found) else ""

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

    def merge(self, who: str, message: str = "", resolutions: Iterable[Resolution] = ()) -> None:
        """Merge the source's latest commit into the target, with this person as the author.

        It stays open if this raises the first of obstacles(), or an error of merging.merge(). Of
        two merges at one time, one is refused.
        """
        self.settle()
        self._claim()
        try:
            message = message or f"Merge change request {self.pk}: {self.title}"
            signature = Signature(message, author(who))
            merged = merging.merge(self.merging, self.target, signature, resolutions).hash
        except Exception:
            self.settle()
            if self.state == State.OPEN:
                self._save(merging="")
                raise
        else:
            self._save(state=State.MERGED, commit=merged, merging="")

    def settle(self) -> None:
        """Record the merge that was made and not recorded, because its process was killed."""
        if self.state == State.OPEN and self.merging:
            with suppress(UnknownRevision):
                if contains(self.target, self.merging):
                    commit = merge_of(self.merging, self.target)
                    self._save(state=State.MERGED, commit=commit, merging="")

    @retry_transaction(using=SITE)
    def _claim(self) -> None:
        self.refresh_from_db()
        # The commit that was reviewed is merged, also if another one is made in the meantime.
        head = self.head()
        for obstacle in self.obstacles(head):
            raise obstacle
        self._write(merging=head)

    def _done(self) -> VersionError | None:
        """Return why it is too late for a change of its state, or None."""
        if self.state != State.OPEN:
            return errors.NotOpen(f"({self.state})")
        running = self.merging and timezone.now() - self.changed < LONGEST_MERGE
        return errors.BeingMerged() if running else None

    @retry_transaction(using=SITE)
    def _save(self, **values: Any) -> None:
        self._write(**values)

    def _write(self, **values: Any) -> None:
        values["changed"] = timezone.now()
        for name, value in values.items():
            setattr(self, name, value)
        self.save(update_fields=list(values))

    def _no_branch(self) -> UnknownRevision:
        return UnknownRevision(f"({self.source!r} or {self.target!r})")
