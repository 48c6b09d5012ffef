"""The results of all tests, as in build/matrix.json."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Annotated, Any, Literal, get_args

from pydantic import ConfigDict, Field, TypeAdapter

from runner.suite import CONTAINERS, TOOLS
from settings import NAMES

Outcome = Literal["passed", "expected", "failed"]
OUTCOMES = get_args(Outcome)
NO_OTHERS = ConfigDict(extra="forbid")  # pydantic checks an earlier run's matrix.json
REASON = 300  # characters of a reason shown in the tables


@dataclass
class Test:
    """The result of one test; `expected` is the failure of a declared difference."""

    __pydantic_config__ = NO_OTHERS

    outcome: Outcome = "passed"
    reason: str | None = None
    link: Annotated[str, Field(pattern="^https://")] | None = None
    line: int | None = None
    """The line of its file in which the test begins."""
    feature: Annotated[list[str], Field(min_length=2, max_length=2)] | None = None
    """The group and the name of its row in the report, if it is one."""
    observed: str | None = None
    """What the database was seen to do: the cell of that row."""
    seconds: float = 0.0
    properties: dict[str, Any] = field(default_factory=dict)
    traceback: str | None = None
    """The traceback of a failed test, as pytest prints it."""

    @property
    def short_reason(self) -> str:
        """The reason in one line of at most 300 characters."""
        words = " ".join((self.reason or "").split())
        return words if len(words) <= REASON else f"{words[:REASON]}…"


@dataclass
class Result:
    """The result of the suite on one backend, or of the tools' tests: a row of matrix.json."""

    __pydantic_config__ = NO_OTHERS

    name: str
    status: Literal["not-run", "passed", "failed"] = "not-run"
    server: str | None = None
    seconds: float = 0.0
    command: str | None = None
    """If it was not run: the command that installs a server."""
    reason: str | None = None
    """Why the row failed, if no test failed."""
    log: str | None = None
    """The path of the file with the output of pytest, relative to the current directory."""
    tests: dict[str, Test] = field(default_factory=dict)

    @classmethod
    def read(cls, name: str, document: Mapping[str, Any]) -> Result:
        """Return the Result of a document() of an earlier run; raise ValueError if it is none."""
        kept = {key: value for key, value in document.items() if key not in OUTCOMES}
        return TypeAdapter(cls).validate_python({"name": name, **kept})

    def count(self, outcome: str, group: str | None = None) -> int:
        """How many tests had this outcome, in one group or in all."""
        return sum(
            test.outcome == outcome
            for node, test in self.tests.items()
            if group in (None, group_of(node))
        )

    def document(self) -> dict[str, Any]:
        """Return the value of this row in build/matrix.json."""
        return {
            "status": self.status,
            "server": self.server,
            **{outcome: self.count(outcome) for outcome in OUTCOMES},
            "seconds": round(self.seconds, 1),
            "command": self.command,
            "reason": self.reason,
            "log": self.log,
            "tests": {node: vars(test) for node, test in self.tests.items()},
        }


@dataclass
class Matrix:
    """All results of one run, in the order in which they are shown."""

    results: list[Result]
    about: str
    """The date, the commit, the versions, the number of cores, and the minutes that it took."""

    def groups(self) -> list[str]:
        """Return the groups of tests; groups of only one backend come last."""
        nodes = {node for result in self.results for node in result.tests}
        return sorted(set(map(group_of, nodes)), key=lambda group: (ONLY in group, group))

    def figures(self) -> dict[str, dict[str, str]]:
        """Return figure → row → the numbers that tests recorded, e.g. of retries."""
        found: dict[str, dict[str, str]] = {}
        for result in self.results:
            for test in result.tests.values():
                numbers = {f: v for f, v in test.properties.items() if isinstance(v, int | float)}
                for figure, value in numbers.items():
                    row = found.setdefault(figure, {})
                    row[result.name] = ", ".join(filter(None, [row.get(result.name), str(value)]))
        return dict(sorted(found.items()))


ONLY = " only"
ROWS = {*NAMES, TOOLS, CONTAINERS}  # a directory of this name has tests of that row only


@cache
def group_of(node: str) -> str:
    """Return the group of a test: its file or directory, marked if only one backend has it."""
    path = re.sub(r"(^tests/|\.py$)", "", node.partition("::")[0])
    folder, _, file = path.rpartition("/")
    if folder in ROWS:
        return f"{folder}{ONLY}"
    return folder.replace("/", " ") or file.removeprefix("test_").replace("_", " ")


def totals(results: Iterable[Result]) -> Counter[str]:
    """Return the sums of all rows; a row that failed without a failed test counts as one."""
    counts: Counter[str] = Counter()
    for result in results:
        counts.update({outcome: result.count(outcome) for outcome in OUTCOMES})
        counts["failed"] += result.reason is not None
    return counts
