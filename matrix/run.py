"""`python -m matrix`: runs the suite on every backend and prints one table of the results."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import time
from collections.abc import Iterable, Sequence
from contextlib import ExitStack, suppress
from datetime import date
from importlib.metadata import version
from pathlib import Path

from matrix.report import write
from matrix.results import Matrix, Result, totals
from matrix.row import Row
from runner.backends import backend
from runner.processes import ROOT
from runner.suite import CONTAINERS, TOOLS
from settings.environment import flag

AT_ONCE = (os.cpu_count() or 1) + 1  # because a row waits for a quarter of its time


def run(
    names: Sequence[str], required: Iterable[str], output: Path, *, docker: bool = False
) -> int:
    """Run the rows (backends, or the tools), one more at the same time than there are cores.

    With `docker`, backends are run in containers. Prints the table; writes matrix.json, .md and
    .html into `output`, and the logs into its directory `logs`. Returns the exit code: 1 if a row
    failed, or if a required backend was not run.
    """
    began = time.monotonic()
    results = _results(names, output, docker)
    matrix = Matrix([results[name] for name in names], _about(time.monotonic() - began, docker))
    for text in write(matrix, output):
        print(text)
    return exit_code(matrix.results, required)


def _results(names: Sequence[str], output: Path, docker: bool) -> dict[str, Result]:
    results: dict[str, Result] = {}
    waiting = longest_first(names, output / "matrix.json")
    running: list[Row] = []
    with ExitStack() as stack:
        while waiting or running:
            while waiting and len(running) < AT_ONCE:
                name = waiting.pop(0)
                row = Row(name, names.index(name), output / "logs", docker=docker)
                running.append(stack.enter_context(row))
            for row in [row for row in running if row.ended()]:
                running.remove(row)
                results[row.name] = row.result()
            time.sleep(0.1)
    return results


def longest_first(names: Iterable[str], earlier: Path) -> list[str]:
    """Return the rows in the order to start them: long ones first, so that no core is idle.

    The expected time is that of the earlier run, or else the backend's suite_seconds.
    """
    took = _seconds(earlier)
    return sorted(names, key=lambda name: took.get(name) or _usual_seconds(name), reverse=True)


def _seconds(earlier: Path) -> dict[str, float]:
    """Return the seconds of each row; empty if there is no readable file."""
    with suppress(OSError, ValueError, KeyError):
        backends = json.loads(earlier.read_text())["backends"]
        return {name: result["seconds"] for name, result in backends.items()}
    return {}


def _usual_seconds(name: str) -> float:
    return 0 if name in (TOOLS, CONTAINERS) else backend(name).suite_seconds


def _about(seconds: float, docker: bool) -> str:
    versions = f"Python {platform.python_version()}, Django {version('Django')}"
    if docker:
        versions = "in containers"
        versions += ", of images built from packages" if flag("LOCAL_IMAGES") else ""
    when = f"{date.today().isoformat()}{_commit()}"
    return f"{when}; {versions}; {seconds / 60:.0f} minutes on {os.cpu_count()} cores"


def _commit() -> str:
    """Return the commit, and whether it was changed; nothing where there is no repository."""
    command = ["git", "describe", "--always", "--dirty", "--exclude=*"]
    with suppress(OSError):
        result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        return f", commit {result.stdout.strip()}" if result.returncode == 0 else ""
    return ""


def exit_code(results: Sequence[Result], required: Iterable[str]) -> int:
    """Print the required backends that were not run, then the sums; return the exit code."""
    reached = {result.name for result in results if result.status != "not-run"}
    missing = [name for name in required if name not in reached]
    if missing:
        print(f"required, but not run: {', '.join(missing)}")
    red = [result.name for result in results if result.status == "failed"]
    print(sums(results))  # the last line: CI shows it
    return 1 if red or missing or not reached else 0


def sums(results: Iterable[Result]) -> str:
    """Return e.g. "6015 passed, 0 failed, 12 xfailed"."""
    counts = totals(results)
    declared = f", {counts['expected']} xfailed" if counts["expected"] else ""
    return f"{counts['passed']} passed, {counts['failed']} failed{declared}"
