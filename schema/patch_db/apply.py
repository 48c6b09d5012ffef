"""Apply one patch: its hooks, and its SQL with psql."""

from __future__ import annotations

from pathlib import Path

from . import children, records
from .errors import (
    HalfPatchFailed,
    LockTimeout,
    NotRecorded,
    PatchError,
    PatchFailed,
)
from .lock import Session, end_patch
from .patches import Patch

HERE = Path(__file__).parent


def apply(patch: Patch, session: Session) -> None:
    """Apply the patch. It and its record are committed together or not at all, unless it is marked
    no-transaction.

    Raise HookFailed, before anything is recorded or with the record left `post`; PatchFailed or
    LockTimeout if nothing was applied; HalfPatchFailed or NotRecorded if the record is left
    `applying`.
    """
    for hook in patch.pre:
        children.hook(hook, patch.name, session)
    print(f"{patch.name}: applying", flush=True)
    _run_sql(patch, session)
    run_post_hooks(patch, session)
    print(f"{patch.name}: applied", flush=True)


def run_post_hooks(patch: Patch, session: Session) -> None:
    """Run the post hooks of an applied patch; until all have succeeded, its record says `post`."""
    for hook in patch.post:
        children.hook(hook, patch.name, session)
    if patch.post:
        records.finish(session.connection, patch.name)


def _run_sql(patch: Patch, session: Session) -> None:
    wanted = "post" if patch.post else "applied"
    code, errors = children.psql(_arguments(patch, session, wanted), patch.name, session)
    if code:
        end_patch(session.connection)
    # The record decides: psql may have been killed after the commit,
    # and a patch may have made it ignore errors.
    found = (records.read(session.connection) or {}).get(patch.name)
    if found is None or found.state != wanted:
        raise _failure(patch.name, code, errors, found.state if found else None)


def _failure(name: str, code: int, errors: bytes, state: str | None) -> PatchError:
    if code == 0:
        return NotRecorded(name, state or "pending", name, name)
    if state:
        return HalfPatchFailed(name, name, name)
    return LockTimeout(name) if b"due to lock timeout" in errors else PatchFailed(name)


def _arguments(patch: Patch, session: Session, state: str) -> list[str]:
    variables = {
        "ON_ERROR_STOP": "1",
        "patch_db_runner": str(session.pid),
        "patch_db_name": patch.name,
        "patch_db_sha256": patch.sha256,
        "patch_db_state": state,
    }
    files = [HERE / "begin.sql", patch.path, HERE / "record.sql"]
    return [
        *("--no-psqlrc", "--quiet", "--no-password"),
        *(["--single-transaction"] if patch.in_transaction else []),
        *(f"--set={name}={value}" for name, value in variables.items()),
        *(f"--file={file}" for file in files),
    ]
