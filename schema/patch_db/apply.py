"""Apply one patch: its hooks, and its SQL with psql."""

from __future__ import annotations

from pathlib import Path

from . import children, records
from .errors import LockTimeout, MaybeCommitted, PatchFailed
from .lock import Session, end_patch
from .patches import Patch

HERE = Path(__file__).parent


def apply(patch: Patch, session: Session) -> None:
    """Apply the patch. It and its record are committed together or not at all, unless it is marked
    no-transaction.

    Raise HookFailed, before anything is recorded or with the record left `post`; PatchFailed or
    LockTimeout if the transaction was rolled back; MaybeCommitted if the record is left `applying`.
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
    code, errors = children.psql(_arguments(patch, session, wanted), patch, session)
    if code:
        end_patch(session.connection)
    # The record decides: psql may have been killed after the commit.
    found = (records.read(session.connection) or {}).get(patch.name)
    if found and found.state == wanted:
        return
    if found:
        raise MaybeCommitted(patch.name, "failed" if code else "has left a transaction open")
    raise LockTimeout(patch.name) if b"due to lock timeout" in errors else PatchFailed(patch.name)


def _arguments(patch: Patch, session: Session, state: str) -> list[str]:
    variables = {
        "ON_ERROR_STOP": "1",
        "patch_db_runner": str(session.pid),
        "patch_db_name": patch.name,
        "patch_db_sha256": patch.sha256,
        "patch_db_state": state,
        "patch_db_in_transaction": str(patch.in_transaction),
    }
    files = [HERE / "begin.sql", "-", HERE / "record.sql"]
    return [
        *("--no-psqlrc", "--quiet", "--no-password"),
        *(f"--set={name}={value}" for name, value in variables.items()),
        *(f"--file={file}" for file in files),
    ]
