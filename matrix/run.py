"""`python -m matrix`: the suite on every backend, and one table that says what happened."""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Iterable, Sequence
from contextlib import ExitStack, suppress
from importlib.metadata import version
from pathlib import Path

from matrix.report import write
from matrix.results import Matrix, Result, totals
from matrix.row import Row
from runner.backends import backend
from runner.suite import TOOLS


def run(names: Sequence[str], required: Iterable[str], output: Path) -> int:
    """Run the tests of each row, as many at once as there are cores; 1 if one failed or is missing.

    A row is a backend, or the tools. The table is printed; matrix.json, .md and .html are in
    `output`, logs beside them.
    """
    began = time.monotonic()
    results = _results(names, output)
    matrix = Matrix([results[name] for name in names], _about(time.monotonic() - began))
    for text in write(matrix, output):
        print(text)
    return verdict(matrix.results, required)


def _results(names: Sequence[str], output: Path) -> dict[str, Result]:
    results: dict[str, Result] = {}
    waiting = longest_first(names, output / "matrix.json")
    running: list[Row] = []
    with ExitStack() as stack:
        while waiting or running:
            while waiting and len(running) < (os.cpu_count() or 1):
                name = waiting.pop(0)
                running.append(stack.enter_context(Row(name, names.index(name), output / "logs")))
            for row in [row for row in running if row.ended()]:
                running.remove(row)
                results[row.name] = row.result()
            time.sleep(0.1)
    return results


def longest_first(names: Iterable[str], earlier: Path) -> list[str]:
    """The order in which to start, so that no core is idle while a long one is left over.

    How long each takes is what it took in the earlier run, else what its backend says.
    """
    took = _seconds(earlier)
    return sorted(names, key=lambda name: took.get(name) or _usual_seconds(name), reverse=True)


def _seconds(earlier: Path) -> dict[str, float]:
    """Row → seconds; nothing where there is no such file, or it cannot be read."""
    with suppress(OSError, ValueError, KeyError):
        backends = json.loads(earlier.read_text())["backends"]
        return {name: result["seconds"] for name, result in backends.items()}
    return {}


def _usual_seconds(name: str) -> float:
    return 0 if name == TOOLS else backend(name).suite_seconds


def _about(seconds: float) -> str:
    versions = f"Python {platform.python_version()}, Django {version('Django')}"
    return f"{versions}; {seconds / 60:.0f} minutes on {os.cpu_count()} cores"


def verdict(results: Sequence[Result], required: Iterable[str]) -> int:
    """Say what was required and not run, then the sums; the exit code."""
    reached = {result.name for result in results if result.status != "not-run"}
    missing = [name for name in required if name not in reached]
    if missing:
        print(f"required, but not run: {', '.join(missing)}")
    red = [result.name for result in results if result.status == "failed"]
    print(sums(results))  # the last line is the one that CI reads
    return 1 if red or missing or not reached else 0


def sums(results: Iterable[Result]) -> str:
    """The last line, e.g. "6015 passed, 0 failed"; a declared difference has passed."""
    counts = totals(results)
    return f"{counts['passed'] + counts['expected']} passed, {counts['failed']} failed"
