"""The matrix as build/matrix.json, .md and .html, and as a table on the terminal."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from matrix.features import feature_table, features, score
from matrix.results import OUTCOMES, Result, group_of

TEMPLATE = Path(__file__).with_name("report.html")


def write(results: Sequence[Result], directory: Path) -> Iterator[str]:
    """Write the three files; yield what is worth reading on the terminal."""
    directory.mkdir(parents=True, exist_ok=True)
    document = json.dumps(_document(results), indent=1)
    (directory / "matrix.json").write_text(document + "\n")
    (directory / "matrix.md").write_text(markdown(results))
    # In a script element only "</" could end it.
    page = TEMPLATE.read_text().replace('"MATRIX"', document.replace("</", "<\\/"))
    (directory / "matrix.html").write_text(page)
    yield "\n".join(_aligned(_table(results)))
    yield "\n".join(["", *_aligned(feature_table(results)), ""])
    yield from _remarks(results)
    yield f"{os.path.relpath(directory)}/matrix.json, matrix.md and matrix.html have it all."


def markdown(results: Sequence[Result]) -> str:
    """The tables and every reason, for a page or a pull request."""
    lines = ["# The suite on every backend", "", *_piped(_table(results)), ""]
    lines += ["## What Django asks of a database", "", *_piped(feature_table(results)), ""]
    lines += [*_remarks(results), "", _versions(), ""]
    return "\n".join(lines)


def _document(results: Sequence[Result]) -> dict[str, Any]:
    backends = {result.name: result.document() for result in results}
    groups = {node: group_of(node) for result in results for node in result.tests}
    return {
        "versions": _versions(),
        "groups": groups,
        "checks": {result.name: score(result) for result in results},
        "features": features(results),
        "backends": backends,
    }


def _versions() -> str:
    return f"Python {platform.python_version()}, Django {version('Django')}"


def _table(results: Sequence[Result]) -> list[list[str]]:
    """Group × backend, then the sums."""
    groups = sorted(
        {group_of(node) for result in results for node in result.tests},
        key=lambda group: (group.endswith(" only"), group),
    )
    table = [["", *(result.name for result in results)]]
    table += [[group, *(_cell(result, group) for result in results)] for group in groups]
    table += [[name, *(_figure(result, name) for result in results)] for name in figures(results)]
    table.append(["all", *(_cell(result) for result in results)])
    table.append(["seconds", *(f"{result.seconds:.0f}" for result in results)])
    return table


def figures(results: Sequence[Result]) -> list[str]:
    """The names of what tests have recorded, such as how many retries it took."""
    tests = [test for result in results for test in result.tests.values()]
    return sorted({name for test in tests for name in test.properties})


def _figure(result: Result, name: str) -> str:
    found = [test.properties[name] for test in result.tests.values() if name in test.properties]
    return ", ".join(map(str, found)) or "·"


def _cell(result: Result, group: str | None = None) -> str:
    if result.status == "not-run":
        return "NOT RUN" if group is None else "·"
    passed, expected, failed = (result.count(outcome, group) for outcome in OUTCOMES)
    if not passed + expected + failed:
        return "·" if group else "FAILED"
    differs = f" +{expected} expected" if expected else ""
    return f"{passed}{differs}{f' {failed} FAILED' if failed else ''}"


def _remarks(results: Sequence[Result]) -> Iterator[str]:
    """What ran on which server; what was not run, failed or differs, and why."""
    for result in results:
        if result.server:
            yield f"- {result.name}: {result.server}"
        if result.status == "not-run":
            yield f"- {result.name} was NOT RUN. This would bring a server: `{result.command}`"
        if result.reason:
            yield f"- {result.name} FAILED: {result.reason}"
        for outcome in ("failed", "expected"):
            yield from _tests(result, outcome)


def _tests(result: Result, outcome: str) -> Iterator[str]:
    """Each reason once, with the tests that it explains."""
    reasons: dict[tuple[str, str], list[str]] = {}
    for node, test in result.tests.items():
        if test.outcome == outcome:
            first = (test.reason or "").strip().partition("\n")[0]
            reasons.setdefault((first, test.link or ""), []).append(node)
    for (reason, link), nodes in reasons.items():
        word = "FAILED" if outcome == "failed" else "differs"
        yield f"- {result.name} {word}: {reason}{f' ({link})' if link else ''}"
        yield from (f"  - {node}" for node in nodes)


def _piped(table: Sequence[Sequence[str]]) -> Iterator[str]:
    header, *rows = table
    for cells in (header, ["---"] * len(header), *rows):
        yield f"| {' | '.join(cells)} |"


def _aligned(table: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row in table:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
