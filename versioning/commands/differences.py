"""`manage.py dolt diff`, `merge` and `revert`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management import CommandError
from django.core.management.base import OutputWrapper

from versioning.diffs import merge_base, page
from versioning.errors import Refused
from versioning.merge.merging import Merge, merge
from versioning.merge.reverting import revert
from versioning.patches import patch
from versioning.revisions import hash_of
from versioning.signatures import MAIN, Signature, of_this_process

ROWS = 1000  # read at a time


def add_to(works: Any) -> None:
    """Add the subcommands to the parser."""
    diff = works.add_parser("diff", help="show what a branch has changed since it left another")
    diff.add_argument("old", help="a branch, tag or commit")
    diff.add_argument("new", nargs="?", default=MAIN)
    diff.add_argument("--sql", action="store_true", help="print a patch")
    diff.set_defaults(run=_diff)
    merging = works.add_parser("merge", help="merge a branch into main, or into another")
    merging.add_argument("name")
    merging.add_argument("-m", "--message", default="")
    merging.add_argument("--into", metavar="BRANCH", help="instead of main")
    merging.add_argument("--dry-run", action="store_true", help="change nothing")
    merging.set_defaults(run=_merge)
    reverting = works.add_parser("revert", help="undo what a commit has changed")
    reverting.add_argument("commit")
    reverting.set_defaults(run=_revert)


def _diff(out: OutputWrapper, options: dict[str, Any]) -> None:
    new = hash_of(options["new"])
    old = merge_base(hash_of(options["old"]), new)
    if options["sql"]:
        out.write(patch(old, new), ending="")
        return
    after: Any = None
    while True:
        changes, following = page(old, new, after, ROWS)
        for change in changes:
            out.write(f"{change['kind']} {change['model']} {change['id']}")
            for name, values in change["fields"].items():
                out.write(f"  {name}: {values['from']} → {values['to']}")
        if following is None:
            return
        model, _, key = following.partition(":")
        after = model, int(key)


def _merge(out: OutputWrapper, options: dict[str, Any]) -> None:
    name, into = options["name"], options["into"] or options["on"] or MAIN
    message = options["message"] or f"Merge branch '{name}' into {into}"
    signature = Signature(message, of_this_process().author)
    with conflicts_shown():
        show(out, merge(name, into, signature, dry_run=options["dry_run"]))


def _revert(out: OutputWrapper, options: dict[str, Any]) -> None:
    with conflicts_shown():
        out.write(revert(options["commit"], options["on"] or MAIN, of_this_process().author))


def show(out: OutputWrapper, merged: Merge) -> None:
    """Print the commit of a merge."""
    kind = " (fast-forward)" if merged.fast_forward else ""
    out.write(f"{merged.hash or 'It can be merged.'}{kind}")


@contextmanager
def conflicts_shown() -> Iterator[None]:
    """Raise CommandError with a line per conflict for Refused."""
    try:
        yield
    except Refused as error:
        raise CommandError("\n".join([str(error), *_lines(error)])) from error


def _lines(error: Refused) -> list[str]:
    conflicts = [
        f"{_row(each)} {each.field or '(row)'}: {each.base} → {each.ours} or {each.theirs}"
        for each in error.conflicts
    ]
    violations = [f"{_row(each)} violates {each.rule}" for each in error.violations]
    invariants = [
        f"{_row(each)} {each.field}: {each.found} instead of {each.expected}"
        for each in error.invariants
    ]
    return [*conflicts, *violations, *invariants]


def _row(found: Any) -> str:
    return f"{found.model._meta.model_name} {found.pk}"
