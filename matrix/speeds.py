"""The speed of the backends: the table of `make bench BACKENDS=…`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from matrix.tables import NOTHING, Table, aligned, piped
from runner.errors import CannotRun
from settings.invocation import near

FILE = "bench-backends.json"
DOCUMENT = "docs/speed.md"
BEGIN, END = "<!-- made by `python -m benchmarks --docs` -->\n", "\n<!-- until here -->"
OWN, NAIVE = "bank", "naive"  # the peers

Speeds = Mapping[str, Any]
"""The content of the file: how it was measured, the backends, and the rows."""


def write(speeds: Speeds, directory: Path) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    (directory / FILE).write_text(json.dumps(speeds, indent=1) + "\n")


def read(directory: Path) -> Speeds | None:
    """Return the content of the file in this directory; None if there is no such file."""
    file = directory / FILE
    if not file.exists():
        return None
    try:
        content: Speeds = json.loads(file.read_text())
        table(content), list(remarks(content))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CannotRun(f"{near(file)} is damaged: delete it, or measure again.") from error
    return content


def table(speeds: Speeds) -> Table:
    """Return backend × work: requests per second, with the ratio to the naive application.

    Each backend has two lines: this application, and the naive one on the same server and data.
    """
    works = list(dict.fromkeys(row["work"] for row in speeds["rows"])) or ["status"]
    cells = {(row["backend"], row["peer"], row["work"]): _cell(row) for row in speeds["rows"]}
    lines = [["", *works]]
    for name, backend in speeds["backends"].items():
        if backend["status"] != "measured":
            status = "NOT RUN" if backend["status"] == "not-run" else "FAILED"
            lines.append([name, status, *[NOTHING] * (len(works) - 1)])
            continue
        for peer, title in ((OWN, name), (NAIVE, f"{name}, naive")):
            lines.append([title, *(cells.get((name, peer, work), NOTHING) for work in works)])
    return lines


def _cell(row: Mapping[str, Any]) -> str:
    speed = f"{row['rps']:,.0f}" if row["rps"] >= 10 else f"{row['rps']:.1f}"
    if row["peer"] == NAIVE or not row["ratio_to_naive"]:
        return speed
    ratio = row["ratio_to_naive"]
    return f"{speed} ({ratio:.0f})" if ratio >= 10 else f"{speed} ({ratio:.1f})"


def remarks(speeds: Speeds) -> Iterator[str]:
    """Yield each server, or why there are no figures."""
    for name, backend in speeds["backends"].items():
        match backend["status"]:
            case "measured":
                yield f"{name}: {backend['server']}"
                for work, reason in backend["left_out"].items():
                    yield f"{name}, {work}: no figures, because {reason}"
            case "not-run":
                yield f"{name} was NOT RUN. To get a server: `{backend['command']}`"
            case _:
                yield f"{name} FAILED: {' '.join(backend['reason'].split())}"


def text(speeds: Speeds) -> Iterator[str]:
    """Yield the lines for a terminal."""
    yield "Requests per second, and in brackets the ratio to the naive application:"
    yield from ("", *aligned(table(speeds)), "")
    yield from (*_listed(speeds), "", speeds["about"])


def _listed(speeds: Speeds) -> list[str]:
    return [f"- {remark}" for remark in remarks(speeds)]


def write_document(directory: Path, root: Path) -> str:
    """Write the table between the two comments of docs/speed.md; return the document's name."""
    speeds = read(directory)
    if speeds is None:
        raise CannotRun(f"There is no {near(directory / FILE)}: `make bench BACKENDS=…` writes it.")
    before, _, rest = (root / DOCUMENT).read_text().partition(BEGIN)
    after = rest.partition(END)[2]
    lines = [*piped(table(speeds)), "", *_listed(speeds), "", f"{speeds['about']}."]
    part = "\n".join(["", *lines, ""])
    (root / DOCUMENT).write_text(f"{before}{BEGIN}{part}{END}{after}")
    return DOCUMENT
