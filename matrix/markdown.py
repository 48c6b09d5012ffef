"""The matrix as Markdown: docs/matrix.md, from which its links lead."""

from __future__ import annotations

from collections.abc import Iterator

from matrix.features import Cell, backends, chapter, feature_table, features, stand_in
from matrix.results import Matrix
from matrix.tables import Table, piped, plain, remarks, suite_table

INTRODUCTION = (
    "A cell is what a test saw on that database, as the application configures it: `yes`, `no`, "
    "`emulated` (Django or the application does it), or the code of the error that prevented it, "
    "which the application retries. `·`: there is no such test. In the repository each name links "
    "to its test. [Which database when](which-database.md) is a summary on one page."
)


def markdown(matrix: Matrix) -> str:
    """Return the tables and all reasons as Markdown."""
    lines = ["# What each backend guarantees", "", INTRODUCTION, "", *_stand_ins(matrix)]
    sections = [f"[{result.name}](#{result.name})" for result in backends(matrix)]
    lines += [f"All differences of one backend: {', '.join(sections)}.", ""]
    for group in features(matrix.results):
        lines += [f"## {heading(group)}", "", *piped(linked_table(matrix, group)), ""]
        if reasons := list(_reasons(matrix, group)):
            lines += [*reasons, ""]
    lines += ["## All tests", "", *piped(suite_table(matrix)), ""]
    for result in matrix.results:
        own = Matrix([result], matrix.about)
        lines += [f"### {result.name}", "", *remarks(own), ""]
    return plain("\n".join([*lines, matrix.about, ""]))


def heading(group: str) -> str:
    """Return the title of a group's section."""
    return group[:1].upper() + group[1:]


def linked_table(matrix: Matrix, group: str) -> Table:
    """Return the table of a group, in which each name links to the test of its row."""
    header, *rows = feature_table(matrix, group)
    files = {name: _file(row) for name, row in features(matrix.results).get(group, {}).items()}
    names = {name: f"[{name}](../{file})" for name, file in files.items()}
    return [header, *([names.get(name, name), *cells] for name, *cells in rows)]


def _file(row: dict[str, Cell]) -> str:
    return next(cell.node.partition("::")[0] for cell in row.values())


def _stand_ins(matrix: Matrix) -> Iterator[str]:
    for result in backends(matrix):
        if other := stand_in(result):
            yield f"\\* {result.name} was run on {result.server}: a stand-in for {other}."
            yield ""


def _reasons(matrix: Matrix, group: str) -> Iterator[str]:
    """Yield each reason once, with its rows, its backends and their cell."""
    found: dict[tuple[str, str, str], tuple[dict[str, None], dict[str, None]]] = {}
    for name, row in features(matrix.results).get(group, {}).items():
        for backend, cell in row.items():
            if cell.test.reason:
                link = f" ([source]({cell.test.link}))" if cell.test.link else ""
                rows, links = found.setdefault((cell.shown, cell.test.short_reason, link), ({}, {}))
                document = chapter(group, backend).removeprefix("docs/")
                rows[name] = links[f"[{backend}]({document})"] = None
    for (shown, reason, link), (rows, links) in found.items():
        yield f"- {'; '.join(rows)}. {', '.join(links)}: **{shown}**. {reason}{link}"
