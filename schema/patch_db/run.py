"""A run of patch_db: it registers the baseline, and applies the pending patches in their order."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from . import records
from .apply import apply, run_post_hooks
from .lock import Session, check_lock
from .patches import NO_TRANSACTION, Patch
from .plan import Plan, make_plan
from .report import warn

ANSWERS = {"y": "yes", "n": "not now", "s": "skip for ever", "q": "quit"}
SHOWN_LINES = 5


def run(
    patches: Sequence[Patch], session: Session, *, baseline: str | None, strict: bool, yes: bool
) -> None:
    """Apply all patches that the records do not have, or those that the user wants.

    Everything is checked before anything is applied. The first error stops the run; what was
    applied before it stays, and is recorded.
    """
    plan = make_plan(patches, records.read(session.connection), baseline)
    _first_run(plan, session, baseline)
    warn(plan)
    plan.check(strict=strict)
    for patch in plan.without_post:
        run_post_hooks(patch, session)
        print(f"{patch.name}: applied", flush=True)
    _apply_pending(plan.pending, session, yes=yes)


def _first_run(plan: Plan, session: Session, baseline: str | None) -> None:
    if plan.first_run:
        records.create(session.connection, plan.baseline)
        print(f"Patches that the first run registers as baseline: {len(plan.baseline)}")
    elif baseline is not None:
        print("--baseline is for the first run, and was ignored.")
    for patch in plan.baseline:
        print(f"{patch.name}: baseline", flush=True)


def _apply_pending(pending: Sequence[Patch], session: Session, *, yes: bool) -> None:
    if not pending:
        print("Nothing is pending.")
    for patch in pending:
        answer = "y" if yes else _ask(patch)
        check_lock(session)
        if answer == "q":
            return
        if answer == "s":
            records.record(session.connection, patch.name, "skipped", patch.sha256)
            print(f"{patch.name}: skipped for ever")
        elif answer == "y":
            apply(patch, session)


def _ask(patch: Patch) -> str:
    """Show the comment at the patch's beginning, and return the answer; the end of input is q."""
    lines = itertools.takewhile(lambda line: line.startswith("--"), patch.text.splitlines())
    comment = [line for line in lines if line != NO_TRANSACTION]
    print("", patch.name, *comment[:SHOWN_LINES], sep="\n")
    choices = ", ".join(f"{letter} ({meaning})" for letter, meaning in ANSWERS.items())
    while True:
        try:
            answer = input(f"Apply it? {choices}: ").strip().lower()
        except EOFError:
            return "q"
        if answer in ANSWERS:
            return answer
