"""Writes the matrix as JSON, Markdown, HTML, and as text for the terminal."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from matrix import speeds
from matrix.features import Cell, feature_table, features, score
from matrix.markdown import markdown
from matrix.page import page
from matrix.results import Matrix, Result
from matrix.tables import aligned, remarks, suite_table
from runner.errors import CannotRun
from runner.processes import ROOT
from settings.invocation import near


def write(matrix: Matrix, directory: Path) -> Iterator[str]:
    """Write matrix.json, .md and .html; yield the text for the terminal.

    The page also shows the directory's bench-backends.json, if `make bench` has written one.
    """
    directory.mkdir(parents=True, exist_ok=True)
    _replace(directory / "matrix.json", json.dumps(_document(matrix), indent=1) + "\n")
    _replace(directory / "matrix.md", markdown(matrix))
    measured = None
    with suppress(CannotRun):  # a damaged file of another command
        measured = speeds.read(directory)
    root = os.path.relpath(ROOT, directory.resolve())
    _replace(directory / "matrix.html", page(matrix, measured, root))
    for group in features(matrix.results):
        yield "\n".join([group, *aligned(feature_table(matrix, group)), ""])
    yield "\n".join([*aligned(suite_table(matrix)), ""])
    yield from remarks(matrix)
    yield f"The full results are in {near(directory)}/matrix.json, matrix.md and matrix.html."


def _replace(file: Path, text: str) -> None:
    """Write a file that is never seen half-written: the application shows the report."""
    new = file.with_name(f"{file.name}.new")
    new.write_text(text)
    new.replace(file)


def read(file: Path) -> Matrix:
    """Return the matrix of an earlier run's matrix.json; raise an exception if it is damaged."""
    document = json.loads(file.read_text())
    results = [Result.read(name, result) for name, result in document["backends"].items()]
    return Matrix(results, TypeAdapter(str).validate_python(document["versions"]))


def _document(matrix: Matrix) -> dict[str, Any]:
    return {
        "versions": matrix.about,
        "checks": {result.name: score(result) for result in matrix.results},
        "features": {
            group: {
                name: {backend: _cell(cell) for backend, cell in row.items()}
                for name, row in rows.items()
            }
            for group, rows in features(matrix.results).items()
        },
        "backends": {result.name: result.document() for result in matrix.results},
    }


def _cell(cell: Cell) -> dict[str, Any]:
    reason, link = cell.test.short_reason or None, cell.test.link
    return {"cell": cell.shown, "reason": reason, "link": link, "test": cell.source}
