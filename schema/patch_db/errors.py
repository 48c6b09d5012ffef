"""The errors of patch_db. The docstring of each class is its message; {} are its arguments."""

from __future__ import annotations


class PatchError(Exception):
    """The patches were not applied."""

    exit_code = 1

    def __str__(self) -> str:
        return " ".join((type(self).__doc__ or "").split()).format(*self.args)


class Misuse(PatchError):
    """The command cannot be run like this."""

    exit_code = 2


class NoUrl(Misuse):
    """No database is named: give its URL as the argument, or in the variable PATCH_DSN."""


class InvalidUrl(Misuse):
    """This is no URL of a PostgreSQL database: postgresql://USER:PASSWORD@HOST/DATABASE, in which
    special characters are written as %40 (@), %2F (/), %3A (:) and %23 (#)."""


class NotForPsql(Misuse):
    """Leave {} out of the URL: psql cannot be given that without showing it to other users."""


class NoTerminal(Misuse):
    """There is no terminal to ask for each patch: use --yes to apply all of them."""


class NoDirectory(Misuse):
    """There is no directory {}: run this where schema/ is, or use --patches."""


class UnknownPatch(Misuse):
    """There is no patch {}: --status shows all of them."""


class WrongMark(Misuse):
    """--mark is NAME=applied or NAME=pending, not {}."""


class NoRecords(Misuse):
    """This database has no records of patches yet: run patch_db without --mark first."""


class NoName(Misuse):
    """A new patch is named by words, such as --new "add uuid"; {} has no letter."""


class NoPsql(PatchError):
    """psql is not on PATH: install PostgreSQL's client programs."""


class UnsafeName(PatchError):
    """The name of a patch is UTF-8 without control characters; rename {}."""


class UnknownComment(PatchError):
    """{}: the only first line for patch_db is "-- patch_db: no-transaction", not "{}"."""


class OwnTransaction(PatchError):
    """{}:{}: "{}" would end patch_db's transaction, and the patch could be applied without being
    recorded. Delete it (every patch is a transaction), or begin the file with the line
    "-- patch_db: no-transaction". Nothing was applied."""


class WrongCommand(PatchError):
    """{}:{}: delete "{}"; patch_db needs its own connection, and to stop at an error. Nothing was
    applied."""


class NotExecutable(PatchError):
    """{} cannot be executed: chmod +x it. Nothing was applied."""


class NoPatchOfHook(PatchError):
    """{} belongs to no patch: rename it as its patch, or delete it. Nothing was applied."""


class OutOfOrder(PatchError):
    """{} is pending and older than {}, which was applied: rename it, or leave out --strict. Nothing
    was applied."""


class Changed(PatchError):
    """Patches are not what was applied: {}."""


class LeftApplying(PatchError):
    """{} was interrupted, and has no transaction that would undo a part of it. Look what it has
    done; then run patch_db with --mark {}=applied if it is complete, or --mark {}=pending to apply
    it again."""


class NoHookLeft(PatchError):
    """{} was applied without its post hook, which is missing now: restore it, or run patch_db with
    --mark {}=applied."""


class Locked(PatchError):
    """Another patch_db is at work: {}. Nothing was applied; wait longer with --wait."""


class LostLock(PatchError):
    """The connection that holds the lock was lost, so no other patch was begun. Run patch_db again:
    it goes on where this one ended."""


class PatchFailed(PatchError):
    """{} failed, and was rolled back."""


class HalfPatchFailed(PatchError):
    """{} failed, and has no transaction that would undo a part of it. Look what it has done;
    then run patch_db with --mark {}=applied if it is complete, or --mark {}=pending to apply it
    again."""


class LockTimeout(PatchError):
    """{} waited too long for a lock that another session holds: run patch_db again when there is
    less work, or with a longer --lock-timeout; while it waits, others wait for it."""


class NotRecorded(PatchError):
    """{} ended without an error, but is recorded as "{}": it has ended the transaction, or changed
    how psql works. Look what it has done; then run patch_db with --mark {}=applied or
    --mark {}=pending."""


class HookFailed(PatchError):
    """{} failed: {}. The next run executes it again."""
