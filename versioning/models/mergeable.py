"""A row that asks for a merge, and the record of that merge in another database."""

from __future__ import annotations

import time
from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta
from typing import Any

from django.db import DEFAULT_DB_ALIAS, models
from django.utils import timezone

from bank.errors import AmbiguousCommit
from bank.transactions import retry_transaction
from bank.transactions.deadline import deadline, remaining
from versioning import errors
from versioning.ancestry import contains, merge_of
from versioning.errors import UnknownRevision, VersionError
from versioning.merge import merging as merges
from versioning.merge.conflicts import Resolution
from versioning.models.branches import Branch
from versioning.models.commits import Commit
from versioning.router import SITE
from versioning.signatures import MAIN, Signature, author

FOR_RECORD = 0.5  # seconds of a request that are left for the record when its merge must end
# After this, the process of a merge that was not recorded is taken for killed. If it still runs, it
# and a second merge merge the same commit, and the later one changes nothing.
LONGEST_MERGE = timedelta(minutes=1)


class State(models.TextChoices):
    """What has become of a change request."""

    OPEN = "open"
    MERGED = "merged"
    CLOSED = "closed"


class Mergeable(models.Model):
    """Asks for a merge of the source branch into the target. Subclasses say what prevents it.

    The two databases have no common transaction: a merge that was killed between its COMMIT and its
    record has left `merging`, from which settle() makes the record.
    """

    source = models.CharField(max_length=100)
    target = models.CharField(max_length=100, default=MAIN)
    state = models.CharField(
        max_length=6, choices=State.choices, default=State.OPEN, editable=False
    )
    commit = models.CharField(max_length=40, blank=True, editable=False)
    # The commit of the source that is being merged; "" before and after.
    merging = models.CharField(max_length=40, blank=True, editable=False)
    # When the state or `merging` was written. Dolt merges two transactions that change different
    # columns of a row; that both write this one makes it refuse the second.
    changed = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True

    def obstacles(self, head: str) -> list[VersionError]:
        """Return the reasons why this commit of the source cannot be merged: none if it can."""
        raise NotImplementedError

    def default_message(self) -> str:
        """Return the message of a merge that was given none."""
        raise NotImplementedError

    def head(self) -> str:
        """Return the source's latest commit, or "" if source or target does not exist."""
        found = Branch.objects.in_bulk([self.source, self.target])
        return found[self.source].hash if {self.source, self.target} <= set(found) else ""

    def merge(
        self,
        who: str,
        message: str = "",
        resolutions: Iterable[Resolution] = (),
        heads: merges.Heads | None = None,
    ) -> None:
        """Merge the source's latest commit into the target, with this person as the author.

        It stays open if this raises the first of obstacles(), or an error of merging.merge(). Of
        two merges at one time, one is refused.
        """
        self.settle()
        self._claim()
        claimed = self.merging
        signature = Signature(message or self.default_message(), author(who))
        try:
            with deadline(time.monotonic() + remaining() - FOR_RECORD, [DEFAULT_DB_ALIAS]):
                merged = merges.merge(claimed, self.target, signature, resolutions, heads=heads)
        except AmbiguousCommit:
            self.settle()
            if self.state == State.OPEN:
                raise
        except Exception:
            self._end(claimed)
            raise
        else:
            self._end(claimed, state=State.MERGED, commit=self._commit_of(merged))

    def try_merge(
        self,
        who: str,
        resolutions: Iterable[Resolution] = (),
        heads: merges.Heads | None = None,
    ) -> None:
        """Raise what merge() would raise now; change nothing."""
        head = self.head()
        self._refuse(head)
        signature = Signature(self.default_message(), author(who))
        merges.merge(head, self.target, signature, resolutions, heads=heads, dry_run=True)

    def settle(self) -> None:
        """Record the merge that was made and not recorded, because its process was killed."""
        if self.state == State.OPEN and self.merging:
            with suppress(UnknownRevision):
                if contains(self.target, self.merging):
                    commit = merge_of(self.merging, self.target)
                    self._end(self.merging, state=State.MERGED, commit=commit)

    def _commit_of(self, merged: merges.Merge) -> str:
        """Return the commit that merged the source: another client's, if that was faster."""
        commit = str(merged.hash)
        if self.merging in (commit, *Commit.parents([commit])[commit]):
            return commit
        return merge_of(self.merging, self.target)

    @retry_transaction(using=SITE)
    def _claim(self) -> None:
        self.refresh_from_db()
        # The commit that was reviewed is merged, also if another one is made in the meantime.
        head = self.head()
        self._refuse(head)
        self._write(merging=head)

    def _refuse(self, head: str) -> None:
        for obstacle in self.obstacles(head):
            raise obstacle

    def _done(self) -> VersionError | None:
        """Return why it is too late for a change of its state, or None."""
        if self.state != State.OPEN:
            return errors.NotOpen(f"({self.state})")
        ends = self.changed + LONGEST_MERGE
        if self.merging and timezone.now() < ends:
            return errors.BeingMerged(f"{ends:%H:%M:%S} UTC.")
        return None

    @retry_transaction(using=SITE)
    def _end(self, claimed: str, **values: Any) -> None:
        """Write these values and end the claim, unless another process has done so."""
        self.refresh_from_db()
        if (self.state, self.merging) == (State.OPEN, claimed):
            self._write(merging="", **values)

    def _write(self, **values: Any) -> None:
        values["changed"] = timezone.now()
        for name, value in values.items():
            setattr(self, name, value)
        self.save(update_fields=list(values))

    def _no_branch(self) -> UnknownRevision:
        return UnknownRevision(f"({self.source!r} or {self.target!r})")
