"""Writes the matrix as JSON, Markdown, HTML, and as text for the terminal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from matrix import speeds
from matrix.page import page
from matrix.results import Matrix, Result
from matrix.tables import (
    aligned,
    feature_table,
    features,
    piped,
    remarks,
    score,
    suite_table,
    version_table,
)
from runner.errors import CannotRun
from settings.invocation import near


def write(matrix: Matrix, directory: Path) -> Iterator[str]:
    """Write matrix.json, .md and .html; yield the text for the terminal.

    The page also shows the directory's bench-backends.json, if `make bench` has written one.
    """
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "matrix.json").write_text(json.dumps(_document(matrix), indent=1) + "\n")
    (directory / "matrix.md").write_text(markdown(matrix))
    measured = None
    with suppress(CannotRun):  # a damaged file of another command
        measured = speeds.read(directory)
    (directory / "matrix.html").write_text(page(matrix, measured))
    yield "\n".join(aligned(suite_table(matrix)))
    yield "\n".join(["", *aligned(feature_table(matrix)), ""])
    if len(versions := version_table(matrix)) > 1:
        yield "\n".join(["version control", *aligned(versions), ""])
    yield from remarks(matrix)
    yield f"The full results are in {near(directory)}/matrix.json, matrix.md and matrix.html."


def read(file: Path) -> Matrix:
    """Return the matrix of an earlier run's matrix.json."""
    document = json.loads(file.read_text())
    results = [Result.read(name, result) for name, result in document["backends"].items()]
    return Matrix(results, document["versions"])


def markdown(matrix: Matrix) -> str:
    """Return the tables and all reasons as Markdown."""
    lines = ["# The suite on every backend", "", *piped(suite_table(matrix)), ""]
    lines += [
        "## Django's requirements of a database",
        "",
        *piped(feature_table(matrix)),
        "",
        "## Version control",
        "",
        *piped(version_table(matrix)),
        "",
    ]
    return "\n".join([*lines, *remarks(matrix), "", matrix.about, ""])


def _document(matrix: Matrix) -> dict[str, Any]:
    return {
        "versions": matrix.about,
        "checks": {result.name: score(result) for result in matrix.results},
        "features": {
            requirement: {
                name: {"support": support, "reason": reason or None}
                for name, (support, reason) in row.items()
            }
            for requirement, row in features(matrix.results).items()
        },
        "backends": {result.name: result.document() for result in matrix.results},
    }
