"""Record what somebody has found out by looking at the database."""

from __future__ import annotations

from collections.abc import Iterable

from . import records
from .connection import connect
from .errors import NoRecords, Overtaken, UnknownPatch, WrongMark
from .lock import locked
from .patches import Patch
from .records import Record


def mark(patches: Iterable[Patch], dsn: str, wanted: str, *, wait: float) -> None:
    """Record that a patch is complete, or is to be applied again: `wanted` is NAME=STATE.

    Raise NoRecords, UnknownPatch or WrongMark; Overtaken if the record was changed while this
    waited for another patch_db, for then nobody has looked at what is there now.
    """
    name, _, state = wanted.rpartition("=")
    with connect(dsn) as connection:
        before = records.read(connection)
    sha256 = _sha256(patches, before, name)
    if state not in ("applied", "pending"):
        raise WrongMark(wanted)
    with locked(dsn, wait=wait) as session:
        now = records.read(session.connection)
        if _row(now, name) != _row(before, name):
            raise Overtaken(name, _state(before, name), _state(now, name))
        if state == "applied":
            records.record(session.connection, name, state, sha256)
        else:
            records.forget(session.connection, name)
    print(f"{name}: {_state(before, name)} -> {state}")


def _sha256(patches: Iterable[Patch], recorded: dict[str, Record] | None, name: str) -> str:
    """Return that of the file, or of the record if there is no file."""
    if recorded is None:
        raise NoRecords
    contents = {name: row.sha256 for name, row in recorded.items()}
    contents |= {patch.name: patch.sha256 for patch in patches}
    if name not in contents:
        raise UnknownPatch(name)
    return contents[name]


def _row(recorded: dict[str, Record] | None, name: str) -> Record | None:
    return (recorded or {}).get(name)


def _state(recorded: dict[str, Record] | None, name: str) -> str:
    row = _row(recorded, name)
    return row.state if row else "pending"
