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


class Overtaken(PatchError):
    """{0} was {1}, and became {2} while --mark waited for another patch_db: look again. Nothing
    was changed."""


class NoName(Misuse):
    """A new patch is named by words, such as --new "add uuid"; {} has no letter."""


class NotLast(Misuse):
    """A new patch {} would be older than {}, which is there: make its file yourself, with a name
    that sorts behind that."""


class NoPsql(PatchError):
    """psql is not on PATH: install PostgreSQL's client programs."""


class UnsafeName(PatchError):
    """The name of a patch is UTF-8 without control characters; rename {}."""


class WrongSuffix(PatchError):
    """{} is like a patch or a hook, and is none. They are NAME.sql, NAME.pre.EXTENSION and
    NAME.post.EXTENSION, in lower case: rename it, or delete it. Nothing was applied."""


class NotFile(PatchError):
    """{} is neither a file nor a directory that is here: a link to a directory is not followed, or
    what a link names is missing. Copy what is wanted, or delete it. Nothing was applied."""


class UnknownComment(PatchError):
    """{}: the only first line for patch_db is "-- patch_db: no-transaction", not "{}"."""


class OwnTransaction(PatchError):
    """{}:{}: "{}" would end patch_db's transaction, and the patch could be applied without being
    recorded. Delete it (every patch is a transaction), or begin the file with the line
    "-- patch_db: no-transaction". Nothing was applied."""


class WrongCommand(PatchError):
    """{}:{}: delete "{}"; what a patch does is in its file, and psql runs all of it or stops at an
    error. Of psql's commands a patch may have \\echo, \\qecho, \\warn, \\set NAME (in lower case),
    \\g and \\gset, each at the end of its line, and without another backslash or a backquote; for
    a condition write a DO block. Nothing was applied."""


class RawVariable(PatchError):
    """{0}:{1}: psql would put in the variable {2}, which can be any SQL. Write :'{2}' for a value,
    :"{2}" for a name, or ": {2}" if it is no variable. Nothing was applied."""


class Unclear(PatchError):
    """{}:{}: {}; otherwise psql or the server could read this in another way than patch_db. Nothing
    was applied."""


class NotText(PatchError):
    """{} is not UTF-8, or has a NUL, after which psql ignores the rest of a line: save it as UTF-8.
    Nothing was applied."""


class NotExecutable(PatchError):
    """{} cannot be executed: chmod +x it. Nothing was applied."""


class NoPatchOfHook(PatchError):
    """{} belongs to no patch: rename it as its patch, or delete it. Nothing was applied."""


class OutOfOrder(PatchError):
    """{} is pending and older than {}, which was applied: rename it, or leave out --strict. Nothing
    was applied."""


class Changed(PatchError):
    """Patches are not what was applied: {}."""


class Unfinished(PatchError):
    """{} is applying: another patch_db is at work, which --status shows, or it was interrupted."""


class NoHookLeft(PatchError):
    """{} was applied without its post hook, which is missing now: restore it, or run patch_db with
    --mark {}=applied."""


class Locked(PatchError):
    """Another patch_db is at work: {}. Nothing was applied; wait longer with --wait."""


class LostLock(PatchError):
    """The connection that holds the lock was lost, so no other patch was begun. Run patch_db again:
    it goes on where this one ended."""


class PatchFailed(PatchError):
    """{} failed, and its transaction was rolled back."""


class MaybeCommitted(PatchError):
    """{0} {1}. A part of it may be committed: look at the database. Then run patch_db with
    --mark {0}=applied if it is complete, or --mark {0}=pending to apply it again."""


class LockTimeout(PatchError):
    """{} waited too long for a lock that another session holds: run patch_db again when there is
    less work, or with a longer --lock-timeout; while it waits, others wait for it."""


class HookFailed(PatchError):
    """{} failed: {}. The next run executes it again."""
