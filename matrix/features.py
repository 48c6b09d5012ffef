"""What Django asks of a database, and how each backend does it, as the tests have seen it."""

from __future__ import annotations

from collections.abc import Sequence

from matrix.results import OUTCOMES, Result, Test

CHECKS = "orm checks"  # the group of tests whose number is the score


def features(results: Sequence[Result]) -> dict[str, dict[str, dict[str, str | None]]]:
    """How each backend meets each requirement, and why not, in the order of the tests."""
    found: dict[str, dict[str, dict[str, str | None]]] = {}
    for result in results:
        for test in result.tests.values():
            if test.requirement:
                row = found.setdefault(test.requirement, {})
                row[result.name] = {"support": _support(test), "reason": test.reason}
    return found


def score(result: Result) -> str:
    """How many of the ORM checks have passed, e.g. "79 of 80"."""
    passed, *others = (result.count(outcome, CHECKS) for outcome in OUTCOMES)
    return f"{passed} of {passed + sum(others)}" if passed + sum(others) else "·"


def feature_table(results: Sequence[Result]) -> list[list[str]]:
    """The score, then requirement × backend; the remarks say why something is not possible."""
    table = [["", *(result.name for result in results)]]
    table.append(["ORM checks passed", *map(score, results)])
    for requirement, row in features(results).items():
        met = [row.get(result.name, {"support": "·"}) for result in results]
        table.append([requirement, *(str(each["support"]) for each in met)])
    return table


def _support(test: Test) -> str | None:
    return {"expected": "not possible", "failed": "FAILED"}.get(test.outcome, test.support)
