"""The matrix as one HTML file, to be opened from disk.

Its only JavaScript filters and searches the first rows: without it, all are shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import Any

from django.template import Context, Engine
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify

from matrix import speeds
from matrix.features import (
    NOT_RUN,
    REQUIREMENTS,
    Cell,
    backends,
    chapter,
    differing,
    feature_table,
    features,
    score,
    shown,
    stand_in,
    title,
)
from matrix.results import OUTCOMES, Matrix, Result, group_of
from matrix.tables import NOTHING, suite_table

ORDER = ("failed", "expected", "passed")
"""The order in which the tests of a group are shown."""
KINDS = {"yes": "passed", "no": "expected", "emulated": "expected"}  # classes of cells


def page(matrix: Matrix, measured: speeds.Speeds | None = None, root: str = "..") -> str:
    """Return the page; with the speed of the backends, if it was measured.

    Links to tests and chapters begin with `root`, the path of the repository from the page.
    All text is escaped, because reasons quote error messages of databases.
    """
    engine = Engine(dirs=[str(Path(__file__).parent)])
    context = _context(matrix) | {
        "speeds": _speeds(measured) if measured else None,
        "groups": list(_groups_of_rows(matrix, root)),
        "columns": [_breakable(title(result)) for result in backends(matrix)],
        "servers": [
            {"result": each, "title": title(each), "stand_in": stand_in(each)}
            for each in backends(matrix)
        ],
    }
    # No localization: it needs Django's settings, and this process has none.
    return engine.get_template("report.html").render(Context(context, use_l10n=False))


def _groups_of_rows(matrix: Matrix, root: str) -> Iterator[dict[str, Any]]:
    columns = backends(matrix)
    for group, rows in features(matrix.results).items():
        differ = {name for name, *_ in differing(feature_table(matrix, group))}
        yield {
            "name": group,
            "id": slugify(group),
            "rows": [
                {
                    "name": name,
                    "id": slugify(f"{group} {name}"),
                    "differs": name in differ,
                    "cells": [_feature(group, name, row, each, root) for each in columns],
                }
                for name, row in rows.items()
            ],
            "scores": [(title(each), score(each)) for each in columns]
            if group == REQUIREMENTS
            else None,
        }


def _feature(group: str, name: str, row: dict[str, Cell], result: Result, root: str) -> Any:
    """Return a cell, with its links if a test has run."""
    text = shown(row, result)
    cell = row.get(result.name)
    return {
        "id": f"{slugify(f'{group} {name}')}--{result.name}",
        "backend": title(result),
        "shown": _breakable(text),
        "kind": _kind(text),
        "test": cell.test if cell else None,
        "node": cell.node if cell else None,
        "source": f"{root}/{cell.source}" if cell else None,
        "chapter": f"{root}/{chapter(group, result.name)}",
    }


def _breakable(text: str) -> SafeString:
    """Return the text for a narrow column: an error's name is broken after a _, as SQLITE_BUSY."""
    return mark_safe(escape(text).replace("_", "_<wbr>"))  # noqa: S308 - escaped here


def _kind(text: str) -> str:
    if text.startswith("FAILED"):
        return "failed"
    return KINDS.get(text, "quiet" if text in (NOTHING, NOT_RUN) else "passed")


def _context(matrix: Matrix) -> dict[str, Any]:
    (_, *names), *rows = suite_table(matrix)
    groups = matrix.groups()
    return {
        "about": matrix.about,
        "results": [_result(result) for result in matrix.results],
        "rows": [
            {"name": name, "cells": list(zip(names, cells, strict=True)), "group": name in groups}
            for name, *cells in rows
        ],
    }


def _speeds(measured: speeds.Speeds) -> dict[str, Any]:
    header, *rows = speeds.table(measured)
    remarks = list(speeds.remarks(measured))
    return {"header": header, "rows": rows, "remarks": remarks, "about": measured["about"]}


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
