"""The tables of the matrix, as rows of strings, and the remarks below them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from matrix.results import OUTCOMES, Matrix, Result

NOTHING = "·"

Table = Sequence[Sequence[str]]


def suite_table(matrix: Matrix) -> Table:
    """Return group × backend, the figures that tests recorded, then the sums."""
    results = matrix.results
    return [
        ["", *(result.name for result in results)],
        *([group, *(_cell(each, group) for each in results)] for group in matrix.groups()),
        *(
            [figure, *(values.get(each.name, NOTHING) for each in results)]
            for figure, values in matrix.figures().items()
        ),
        ["all", *map(_cell, results)],
        ["seconds", *(f"{result.seconds:.0f}" for result in results)],
    ]


def _cell(result: Result, group: str | None = None) -> str:
    if result.status == "not-run":
        return NOTHING if group else "NOT RUN"
    passed, expected, failed = (result.count(outcome, group) for outcome in OUTCOMES)
    if not passed + expected + failed:
        return NOTHING if group else "FAILED"
    differs = f" +{expected} expected" if expected else ""
    return f"{passed}{differs}{f' {failed} FAILED' if failed else ''}"


def remarks(matrix: Matrix) -> Iterator[str]:
    """Yield each server, each row that was not run, the differences; last what failed, and its log.

    CI shows the end of the output.
    """
    for result in matrix.results:
        if result.server:
            yield f"- {result.name}: {result.server}"
        if result.status == "not-run":
            yield f"- {result.name} was NOT RUN. To get a server: `{result.command}`"
    for result in matrix.results:
        yield from _reasons(result, "expected")
    for result in matrix.results:
        if result.status == "failed":
            reason = f": {result.reason}" if result.reason else ""
            yield f"- {result.name} FAILED (its log: {result.log}){reason}"
        yield from _reasons(result, "failed")


def _reasons(result: Result, outcome: str) -> Iterator[str]:
    """Yield each reason once, with its tests."""
    reasons: dict[tuple[str, str], list[str]] = {}
    for node, test in result.tests.items():
        if test.outcome == outcome:
            link = f" ({test.link})" if test.link else ""
            reasons.setdefault((test.short_reason, link), []).append(node)
    for (reason, link), nodes in reasons.items():
        word = "FAILED" if outcome == "failed" else "differs"
        yield f"- {result.name} {word}: {reason}{link}"
        yield from (f"    - {node}" for node in nodes)


def piped(table: Table) -> Iterator[str]:
    """Yield the lines of a table in Markdown; what a test observed may have any character."""
    header, *rows = table
    for cells in (header, ["---"] * len(header), *rows):
        escaped = (plain(cell).replace("|", r"\|") for cell in cells)
        yield f"| {' | '.join(escaped)} |"


def plain(text: str) -> str:
    """Return text of which Markdown makes no HTML: reasons quote messages of databases."""
    return text.replace("<", "&lt;")


def aligned(table: Table) -> Iterator[str]:
    """Yield the lines of a table for a terminal."""
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row in table:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
