"""The errors of version control. The docstring of each class is its message."""

from __future__ import annotations

from typing import Any


class VersionError(Exception):
    """This operation of version control is not possible."""

    def meaning(self) -> str:
        """Return the message without this error's arguments."""
        return " ".join((type(self).__doc__ or "").split())

    def __str__(self) -> str:
        return " ".join([self.meaning(), *map(str, self.args)])


class InvalidName(VersionError):
    """A name of a branch or tag has 1 to 100 letters, digits and . _ - between single slashes; no
    part of it begins or ends with . or -, or ends with .lock; it is not a commit's hash, nor
    HEAD, WORKING or STAGED, and does not begin with refs/."""


class UnknownRevision(VersionError):
    """There is no such branch, tag or commit."""


class NameTaken(VersionError):
    """This name is taken already."""


class TwinBranches(VersionError):
    """A branch cannot be used beside a tag of its name, or a branch whose name differs only in
    capitals: Dolt would mix them up. Delete one, or rename a branch with Dolt's own program."""


class BranchInUse(VersionError):
    """The branch is used by a session, or it is the default branch."""


class NotMerged(VersionError):
    """The branch has commits that are nowhere else: merge it first. Only a forced deletion deletes
    it, and they are lost."""


class NothingToCommit(VersionError):
    """Nothing has changed since the last commit."""


class Uncommitted(VersionError):
    """There are changes that are not in any commit: commit them first."""


class MergeConflict(VersionError):
    """Both branches changed the same values; nothing was merged."""


class InTransaction(VersionError):
    """This would commit the running transaction: call it outside of atomic()."""


class WrongParameter(VersionError):
    """This parameter is for GET of one object or a list."""


class NothingToMerge(VersionError):
    """The source branch has no commits that the target branch does not have."""


class AlreadyRequested(VersionError):
    """There is an open change request of this source and target already:"""


class NotOpen(VersionError):
    """The change request is no longer open."""


class BeingMerged(VersionError):
    """The change request is being merged by somebody else: look at it again. If that was
    interrupted, it can be merged after"""


class NotApproved(VersionError):
    """It needs more approvals, by others than the author of the change request."""


class OutdatedApproval(VersionError):
    """It was approved before the source branch's latest commits: ask for another review."""


class ChangesRequested(VersionError):
    """Changes were requested, and must be approved by those who requested them:"""


class OwnRequest(VersionError):
    """The author of a change request cannot approve it. Where no tokens are needed, every client is
    "anybody", and so the author: let API_TOKENS name the clients."""


class OutdatedReview(VersionError):
    """The source branch has newer commits than the one that was reviewed: look at them first."""


class BranchMoved(VersionError):
    """Another commit was made on the branch in the meantime."""


class NotRevertible(VersionError):
    """Only a commit with one parent that changed customers, products and orders can be reverted
    or picked."""


class NotRestorable(VersionError):
    """The order refers to what was deleted, so it was not restored. Restore this first:"""


class NotPermitted(VersionError):
    """Only the database's owner may do this: run the command with `python -m runner manage`, or
    with the owner's URL."""


class UnknownRemote(VersionError):
    """There is no such remote, or its address has no data or cannot be written."""


class DiskFull(VersionError):
    """The disk of the database, or of the remote, is full."""


class NoMessage(VersionError):
    """A commit has a message with at least one visible character."""


class InvalidAddress(VersionError):
    """The address of a remote is a URL, for example file:///srv/bank."""


class RemoteMoved(VersionError):
    """The remote branch has commits that this one does not have: pull them first."""


class WrongResolution(VersionError):
    """This resolution does not fit the conflicts of this merge."""

    def __init__(self, number: int, member: str, reason: str) -> None:
        super().__init__(reason)
        self.number, self.member = number, member


class Refused(MergeConflict):
    """The branches cannot be merged like this; nothing was changed."""

    def __init__(self, conflicts: list[Any], violations: list[Any], invariants: list[Any]) -> None:
        super().__init__()
        self.conflicts, self.violations, self.invariants = conflicts, violations, invariants
        self.heads: Any = None  # the latest commits of both branches, set by merge()


class OutdatedDecision(VersionError):
    """The branches have new commits since these conflicts were shown; nothing was changed. Merge
    without resolutions to see what conflicts now."""


class WrongHeader(VersionError):
    """This header has at least one visible character, and only ASCII."""
