"""What happened to each test of one backend, read while pytest still writes its report log."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

OUTCOMES = ("passed", "expected", "failed")
RUNNING = ".running"  # after the name of the report log: where matrix/interrupted.py writes


@dataclass
class Test:
    """One test: `expected` is a declared difference that showed itself."""

    outcome: str = "passed"
    reason: str | None = None
    link: str | None = None
    requirement: str | None = None
    support: str | None = None
    """How the requirement is met: "native" or "emulated", as the test has seen it."""
    seconds: float = 0.0
    properties: dict[str, Any] = field(default_factory=dict)


@dataclass
class Result:
    """The row of a backend in the matrix."""

    name: str
    status: str = "not-run"
    server: str | None = None
    seconds: float = 0.0
    command: str | None = None
    """Where it was not run: what would change that."""
    reason: str | None = None
    """Why it failed, where no test says so."""
    tests: dict[str, Test] = field(default_factory=dict)

    def count(self, outcome: str, group: str | None = None) -> int:
        """How many tests had this outcome, in one group or in all."""
        return sum(
            test.outcome == outcome
            for node, test in self.tests.items()
            if group in (None, group_of(node))
        )

    def document(self) -> dict[str, Any]:
        """As build/matrix.json has it."""
        return {
            "status": self.status,
            "server": self.server,
            **{outcome: self.count(outcome) for outcome in OUTCOMES},
            "seconds": round(self.seconds, 1),
            "command": self.command,
            "reason": self.reason,
            "tests": {node: vars(test) for node, test in self.tests.items()},
        }


def group_of(node: str) -> str:
    """The row a test belongs to: its file, or its folder, and whether only one backend has it."""
    path = node.partition("::")[0].removeprefix("tests/").removesuffix(".py")
    folder, _, file = path.rpartition("/")
    if "/" in folder:
        return folder.replace("/", " ")
    return f"{folder} only" if folder else file.removeprefix("test_").replace("_", " ")


class Reports:
    """The report log and the output of a running pytest, read as far as they are written."""

    def __init__(self, reports: Path, output: Path) -> None:
        self.reports, self.output = reports, output
        self.running = Path(f"{reports}{RUNNING}")
        self.tests: dict[str, Test] = {}
        self.position = 0

    def read(self) -> None:
        """Take in what was written since the last time."""
        for report in self._new():
            if report["$report_type"] == "TestReport":
                self._add(self.tests.setdefault(report["nodeid"], Test()), report)
            elif report["$report_type"] == "CollectReport" and report["outcome"] == "failed":
                reason = str(report["longrepr"])
                self.tests[report["nodeid"] or "collection"] = Test("failed", reason)

    def interrupted(self) -> None:
        """Show the test in which pytest itself was ended, by its timeout or a crash, as failed.

        To be called when pytest has ended: until then that test is simply the one that runs.
        """
        if self.running.exists():
            reason = f"pytest was ended in this test, by a timeout or a crash: see {self.output}"
            self.tests[self.running.read_text()] = Test("failed", reason)

    def collected(self) -> int | None:
        """How many tests there are, once pytest knows."""
        return int(found) if (found := self._printed(r"^collected (\d+) items")) else None

    def server(self) -> str | None:
        """What answered, e.g. "Dolt 1.83.2": tests/conftest.py prints it."""
        return self._printed(r"^server: (.+)$")

    def _printed(self, pattern: str) -> str | None:
        text = self.output.read_text(errors="replace") if self.output.exists() else ""
        found = re.search(pattern, text, re.MULTILINE)
        return found[1] if found else None

    def _new(self) -> Iterator[dict[str, Any]]:
        if not self.reports.exists():
            return
        with self.reports.open("rb") as file:
            file.seek(self.position)
            for line in file:
                if line.endswith(b"\n"):  # the last one may be half-written
                    self.position += len(line)
                    yield json.loads(line)

    @staticmethod
    def _add(test: Test, report: dict[str, Any]) -> None:
        test.seconds = round(test.seconds + report["duration"], 3)
        test.properties |= dict(report["user_properties"])
        for name in ("link", "requirement", "support"):
            setattr(test, name, test.properties.pop(name, getattr(test, name)))
        if report["outcome"] == "failed":
            test.outcome, test.reason = "failed", _message(report["longrepr"])
        elif report.get("wasxfail") is not None and report["outcome"] == "skipped":
            test.outcome, test.reason = "expected", report["wasxfail"]
        elif report["outcome"] == "skipped":
            # Nothing is left out silently: what cannot pass is declared, and asserted.
            test.outcome, test.reason = "failed", f"{report['longrepr'][-1]} without a declaration"


def _message(longrepr: Any) -> str:
    if isinstance(longrepr, dict) and longrepr.get("reprcrash"):
        return str(longrepr["reprcrash"]["message"])
    return str(longrepr)


def totals(results: Sequence[Result]) -> Counter[str]:
    """The outcomes of all backends together; one that failed without a test counts as well."""
    counts = Counter({each: sum(result.count(each) for result in results) for each in OUTCOMES})
    counts["failed"] += sum(result.reason is not None for result in results)
    return counts
