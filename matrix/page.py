"""The matrix as one HTML file, without JavaScript, to be opened from disk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import Any

from django.template import Context, Engine

from matrix import speeds
from matrix.results import OUTCOMES, Matrix, Result, group_of
from matrix.tables import feature_table, features, suite_table

ORDER = ("failed", "expected", "passed")
"""The order in which the tests of a group are shown."""


def page(matrix: Matrix, measured: speeds.Speeds | None = None) -> str:
    """Return the page; with the speed of the backends, if it was measured.

    All text is escaped, because reasons quote error messages of databases.
    """
    engine = Engine(dirs=[str(Path(__file__).parent)])
    context = _context(matrix) | {"speeds": _speeds(measured) if measured else None}
    # No localization: it needs Django's settings, and this process has none.
    return engine.get_template("report.html").render(Context(context, use_l10n=False))


def _context(matrix: Matrix) -> dict[str, Any]:
    (_, *names), *rows = suite_table(matrix)
    (_, *backends), *met = feature_table(matrix)
    groups, reasons = matrix.groups(), features(matrix.results)
    return {
        "about": matrix.about,
        "results": [_result(result) for result in matrix.results],
        "rows": [
            {"name": name, "cells": list(zip(names, cells, strict=True)), "group": name in groups}
            for name, *cells in rows
        ],
        "backends": backends,
        "features": [
            (
                name,
                [(cell, _why(reasons, name, b)) for b, cell in zip(backends, cells, strict=True)],
            )
            for name, *cells in met
        ],
    }


def _speeds(measured: speeds.Speeds) -> dict[str, Any]:
    header, *rows = speeds.table(measured)
    remarks = list(speeds.remarks(measured))
    return {"header": header, "rows": rows, "remarks": remarks, "about": measured["about"]}


def _why(reasons: dict[str, dict[str, tuple[str, str]]], name: str, backend: str) -> str:
    return reasons.get(name, {}).get(backend, ("", ""))[1]


def _result(result: Result) -> dict[str, Any]:
    return {
        "result": result,
        "seconds": f"{result.seconds:.0f}",
        "log": PurePath(result.log).name if result.log else None,
        "groups": list(_groups(result)),
    }


def _groups(result: Result) -> Iterator[dict[str, Any]]:
    """Yield each group with its tests, failed ones first."""
    for name in sorted(set(map(group_of, result.tests))):
        tests = [(node, test) for node, test in result.tests.items() if group_of(node) == name]
        tests.sort(key=lambda each: ORDER.index(each[1].outcome))
        yield {
            "name": name,
            "tests": [(node, test, f"{test.seconds:.2f}") for node, test in tests],
            "counts": [(each, result.count(each, name)) for each in OUTCOMES],
            "failed": result.count("failed", name) > 0,
        }
