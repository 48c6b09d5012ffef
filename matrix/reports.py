"""Reads pytest's report log and output while pytest is still writing them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from matrix.results import Test

RUNNING = ".running"  # the suffix of the file with the running test (matrix/pytest_plugin.py)
LAST_LINES = 200  # of the output: the stack of each thread when the timeout ended pytest
TRACEBACK = "traceback"  # the member that matrix/pytest_plugin.py adds to a failed report


def name_of(nodeid: str, location: Sequence[Any]) -> str:
    """Return the name of a test, its file and function; usually its node id.

    All tests that Schemathesis generates have the same node id, but different locations.
    """
    return f"{nodeid.partition('::')[0]}::{location[2]}"


class Reports:
    """The report log and the output of a running pytest, read as far as they were written."""

    def __init__(self, reports: Path, output: Path) -> None:
        self.reports, self.output = reports, output
        self.running = Path(f"{reports}{RUNNING}")
        self.tests: dict[str, Test] = {}
        self.position = 0

    def read(self) -> None:
        """Read the reports written since the last call."""
        for report in self._new():
            if report["$report_type"] == "TestReport":
                node = name_of(report["nodeid"], report["location"])
                _add(self.tests.setdefault(node, Test()), report)
            elif report["$report_type"] == "CollectReport" and report["outcome"] == "failed":
                _fail(self.tests.setdefault(report["nodeid"] or "collection", Test()), report)

    def interrupted(self) -> None:
        """Mark the test in which pytest itself ended, by its timeout or a crash, as failed.

        Call this after pytest has ended: before, that test is simply still running.
        """
        if self.running.exists():
            reason = "pytest ended in this test, by a timeout or a crash"
            last = self.output.read_text(errors="replace").splitlines()[-LAST_LINES:]
            test = Test("failed", reason, traceback="\n".join(last))
            self.tests[self.running.read_text()] = test

    def selected(self) -> int | None:
        """Return the number of selected tests; None until pytest has collected them."""
        found = self._printed(r"^collected (\d+) items?(?:.* (\d+) selected)?")
        return int(found[2] or found[1]) if found else None

    def server(self) -> str | None:
        """Return the server's name and version, e.g. "Dolt 1.83.2": tests/conftest.py prints it."""
        found = self._printed(r"^server: (.+)$")
        return found[1] if found else None

    def _printed(self, pattern: str) -> re.Match[str] | None:
        text = self.output.read_text(errors="replace") if self.output.exists() else ""
        return re.search(pattern, text, re.MULTILINE)

    def _new(self) -> Iterator[dict[str, Any]]:
        if not self.reports.exists():
            return
        with self.reports.open("rb") as file:
            file.seek(self.position)
            written = file.read()
        complete = written[: written.rfind(b"\n") + 1]  # the last line may be half-written
        self.position += len(complete)
        yield from map(json.loads, complete.splitlines())


def _add(test: Test, report: dict[str, Any]) -> None:
    test.seconds = round(test.seconds + report["duration"], 3)
    test.properties |= dict(report["user_properties"])
    test.line = report["location"][1] + 1
    for name in ("feature", "observed", "reason", "link"):
        value = test.properties.pop(name, None)
        setattr(test, name, getattr(test, name) or value)  # a failure is the reason of a failed one
    if report["outcome"] == "failed":
        _fail(test, report)
    elif report.get("wasxfail") is not None and report["outcome"] == "skipped":
        test.outcome, test.reason = "expected", report["wasxfail"]
    elif report["outcome"] == "skipped":
        # No test may be skipped: tests/differences.py declares those that cannot pass.
        test.outcome, test.reason = "failed", f"{report['longrepr'][-1]} without a declaration"


def _fail(test: Test, report: dict[str, Any]) -> None:
    """Record a failure. The test and a fixture's teardown may both fail: the first reason stays."""
    if test.outcome != "failed":
        test.outcome, test.reason = "failed", _message(report["longrepr"])
    test.traceback = "\n\n".join(filter(None, [test.traceback, report.get(TRACEBACK)])) or None


def _message(longrepr: Any) -> str:
    if isinstance(longrepr, dict) and longrepr.get("reprcrash"):
        return str(longrepr["reprcrash"]["message"])
    # For a collection error it is the last line: "E   ModuleNotFoundError: …"
    return str(longrepr).strip().rpartition("\n")[2].removeprefix("E  ").strip()
