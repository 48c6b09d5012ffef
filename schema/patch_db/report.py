"""Say what a run would do, or has done, without changing anything."""

from __future__ import annotations

import sys

from .errors import Changed, Unfinished
from .plan import Plan

PENDING = 3  # the exit code of --status


def status(plan: Plan) -> int:
    """Print the state of each patch; return 0 if there is nothing to do, and 3 otherwise."""
    names = {patch.name for patch in plan.patches} | plan.records.keys()
    for name in sorted(names):
        record, change = plan.records.get(name), plan.changes.get(name)
        note = f" ({change})" if change else ""
        print(f"{record.state if record else 'pending':9} {name}{note}")
    if plan.first_run:
        print("There are no records yet: the first run registers the baseline.")
    unfinished = {record.state for record in plan.records.values()} & {"applying", "post"}
    return PENDING if plan.pending or unfinished or plan.first_run else 0


def dry_run(plan: Plan) -> None:
    """Print what a run with --yes would do."""
    for patch in plan.baseline:
        print(f"{patch.name}: would be registered as baseline")
    for patch in plan.without_post:
        for hook in patch.post:
            print(f"{patch.name}: {hook.name} would be run")
    for patch in plan.pending:
        for hook in patch.pre:
            print(f"{patch.name}: {hook.name} would be run")
        print(f"{patch.name}: would be applied")
        for hook in patch.post:
            print(f"{patch.name}: {hook.name} would be run")


def check(plan: Plan) -> None:
    """Raise Changed if the file of an applied patch was changed, or is missing, and Unfinished if
    nobody knows yet what a patch has done.
    """
    if plan.changes:
        raise Changed(", ".join(f"{name} {change}" for name, change in plan.changes.items()))
    if applying := plan.in_state("applying"):
        raise Unfinished(", ".join(sorted(applying)))
    print("The applied patches are unchanged.")


def warn(plan: Plan) -> None:
    """Print warnings about changed patches, and about patches that are applied late."""
    for name, change in plan.changes.items():
        print(f"warning: applied patch {name} {change}", file=sys.stderr)
    for patch in plan.too_late:
        print(
            f"warning: {patch.name} is older than {plan.newest}, which is applied", file=sys.stderr
        )
