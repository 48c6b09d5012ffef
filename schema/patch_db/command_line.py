"""The command line of patch_db."""

from __future__ import annotations

import argparse
import math
import os
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import psycopg

from . import records, report
from .connection import connect, connection_string
from .errors import NoTerminal, PatchError
from .lock import at_work, locked
from .mark import mark
from .new import new_patch
from .patches import read_patches
from .plan import NONE, make_plan
from .run import run


def main(arguments: Sequence[str]) -> int:
    """Do what the command line says; return 0, 1 (failed), 2 (misuse) or 3 (--status: pending)."""
    try:
        return _do(_parser().parse_args(arguments))
    except PatchError as error:
        print(f"patch_db: {error}", file=sys.stderr)
        return error.exit_code
    except psycopg.Error as error:
        print(f"patch_db: the database refuses: {error}", file=sys.stderr)
    except OSError as error:
        print(f"patch_db: {error}", file=sys.stderr)
    return 1


def _do(options: argparse.Namespace) -> int:
    if options.new is not None:
        print(new_patch(options.patches, options.new, date.today()))
        return 0
    dsn = connection_string(
        options.url or os.environ.get("PATCH_DSN"),
        lock_timeout=options.lock_timeout,
        role=options.role,
    )
    return _look(options, dsn) if _only_looks(options) else _change(options, dsn)


def _only_looks(options: argparse.Namespace) -> bool:
    return bool(options.status or options.check or options.dry_run)


def _look(options: argparse.Namespace, dsn: str) -> int:
    with connect(dsn) as connection:
        recorded = records.read(connection)
        others = at_work(connection)
    if others:
        print(f"Another patch_db is at work: {others}")
    plan = make_plan(read_patches(options.patches), recorded, options.baseline)
    if options.status:
        return report.status(plan)
    if options.check:
        report.check(plan)
        return 0
    report.warn(plan)
    plan.check(strict=options.strict)
    report.dry_run(plan)
    return 0


def _change(options: argparse.Namespace, dsn: str) -> int:
    if not (options.yes or options.mark or (sys.stdin and sys.stdin.isatty())):
        raise NoTerminal
    patches = read_patches(options.patches)
    if options.mark:
        mark(patches, dsn, options.mark, wait=options.wait)
        return 0
    with locked(dsn, wait=options.wait) as session:
        run(patches, session, baseline=options.baseline, strict=options.strict, yes=options.yes)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m schema.patch_db",
        description="Apply the pending SQL patches to a PostgreSQL database.",
        allow_abbrev=False,
    )
    parser.add_argument("url", nargs="?", metavar="URL", help="database; default: $PATCH_DSN")
    _add_actions(parser.add_mutually_exclusive_group())
    add = parser.add_argument
    add("--yes", action="store_true", help="apply all pending patches without asking")
    add("--strict", action="store_true", help="refuse pending patches older than an applied one")
    add("--baseline", metavar="NAME", help=f"first run: register up to this patch, or {NONE}")
    add(
        "--patches", metavar="DIR", type=Path, default=Path("schema", "patches"), help="their files"
    )
    add("--role", help="the role that patches run as, and that owns what they create")
    add("--lock-timeout", metavar="TIME", help="how long a patch waits for a lock; default: 5s")
    add("--wait", metavar="SECONDS", type=seconds, default=60, help="for another run")
    return parser


def _add_actions(group: argparse._MutuallyExclusiveGroup) -> None:
    add = group.add_argument
    add("--status", action="store_true", help="list the patches; exit 3 if any is pending")
    add("--check", action="store_true", help="exit 1 if an applied patch was changed")
    add("--dry-run", action="store_true", help="print what would be done")
    add("--mark", metavar="NAME=STATE", help="record an interrupted patch as applied or pending")
    add("--new", metavar="WORDS", help="make a new patch, with git diff of the schema")


def seconds(text: str) -> float:
    seconds = float(text)
    if not 0 <= seconds < math.inf:
        raise ValueError
    return seconds
