"""The table tells the truth: what pytest saw is what it shows, and nothing is left out."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from matrix.report import figures, markdown, write
from matrix.results import Reports, Result
from matrix.results import Test as Ended
from matrix.run import verdict

SUITE = """
import pytest

declared = pytest.mark.xfail(reason="it has no such thing", strict=True)

def test_that_passes(record_property):
    record_property("retries", 7)
    record_property("requirement", "lists")
    record_property("support", "emulated")
def test_that_fails(): assert 1 == 2
@declared
def test_of_a_difference(record_property):
    record_property("requirement", "sets")
    assert False
@declared
def test_of_a_difference_that_is_gone(): pass
@pytest.mark.skip(reason="no time")
def test_that_nobody_declared(): pass
@pytest.fixture
def broken(): raise LookupError("no server")
def test_whose_fixture_breaks(broken): pass
"""


@pytest.fixture
def suite(tmp_path: Path) -> Reports:
    """The reports of a small suite in which everything happens that can."""
    file, reports, output = (tmp_path / name for name in ("test_x.py", "reports", "output"))
    file.write_text(SUITE)
    command = [*("-m", "pytest", "-c", "/dev/null", "-p", "no:django"), "test_x.py"]
    with output.open("wb") as log:
        subprocess.run(
            [sys.executable, *command, f"--report-log={reports}"], cwd=tmp_path, stdout=log
        )
    return Reports(reports, output)


def test_every_outcome_is_what_it_was(suite: Reports) -> None:
    suite.read()

    outcomes = {node.partition("::")[2]: test.outcome for node, test in suite.tests.items()}

    assert suite.collected() == 6
    assert outcomes == {
        "test_that_passes": "passed",
        "test_that_fails": "failed",
        "test_of_a_difference": "expected",
        "test_of_a_difference_that_is_gone": "failed",
        "test_that_nobody_declared": "failed",
        "test_whose_fixture_breaks": "failed",
    }


def test_every_failure_has_its_reason(suite: Reports) -> None:
    suite.read()

    reasons = {node.partition("::")[2]: test.reason for node, test in suite.tests.items()}

    assert reasons["test_that_fails"] == "assert 1 == 2"
    assert reasons["test_of_a_difference"] == "it has no such thing"
    assert "XPASS(strict)" in str(reasons["test_of_a_difference_that_is_gone"])
    assert "Skipped: no time" in str(reasons["test_that_nobody_declared"])
    assert "no server" in str(reasons["test_whose_fixture_breaks"])


def test_what_is_still_being_written_is_read_up_to_its_last_line(
    suite: Reports, tmp_path: Path
) -> None:
    whole = suite.reports.read_bytes()
    suite.reports.write_bytes(whole[: len(whole) // 2])

    suite.read()
    early = len(suite.tests)
    suite.reports.write_bytes(whole)
    suite.read()

    assert early < len(suite.tests) == 6


def test_the_files_say_what_was_run_and_what_was_not(suite: Reports, tmp_path: Path) -> None:
    suite.read()
    run = Result("dolt", status="failed", server="Dolt 1.83.2", seconds=2.5, tests=suite.tests)
    absent = Result("cockroachdb", command="get cockroach")

    table, *remarks = write([run, absent], tmp_path)

    saved = json.loads((tmp_path / "matrix.json").read_text())["backends"]
    counts = {name: saved["dolt"][name] for name in ("passed", "expected", "failed")}
    assert counts == {"passed": 1, "expected": 1, "failed": 4}
    assert (saved["cockroachdb"]["status"], saved["cockroachdb"]["command"]) == (
        "not-run",
        "get cockroach",
    )
    assert "1 +1 expected 4 FAILED  NOT RUN" in table
    assert "retries" in table
    assert any("get cockroach" in remark for remark in remarks)
    assert "- dolt: Dolt 1.83.2\n" in (tmp_path / "matrix.md").read_text()
    assert "get cockroach" in (tmp_path / "matrix.html").read_text()


def test_how_a_requirement_is_met_is_what_its_test_has_seen(suite: Reports, tmp_path: Path) -> None:
    suite.read()
    results = [Result("dolt", status="failed", tests=suite.tests), Result("mongodb")]

    _, features, *_ = write(results, tmp_path)

    assert json.loads((tmp_path / "matrix.json").read_text())["features"] == {
        "lists": {"dolt": {"support": "emulated", "reason": None}},
        "sets": {"dolt": {"support": "not possible", "reason": "it has no such thing"}},
    }
    assert "| sets | not possible | · |" in (tmp_path / "matrix.md").read_text()
    assert "not possible" in features
    assert figures(results) == ["retries"]


def test_the_score_is_how_many_of_the_orm_checks_have_passed() -> None:
    checks = {"test_a.py::test_1": "passed", "test_b.py::test_2": "expected"}
    tests = {f"tests/orm/checks/{node}": Ended(outcome) for node, outcome in checks.items()}
    tests["tests/orm/requirements/test_c.py::test_3"] = Ended()

    table = markdown([Result("dolt", tests=tests)])

    assert "| ORM checks passed | 1 of 2 |" in table


@pytest.mark.parametrize(
    ("statuses", "required", "expected"),
    [
        ({"postgresql": "passed", "dolt": "not-run"}, [], 0),
        ({"postgresql": "passed", "dolt": "not-run"}, ["dolt"], 1),
        ({"postgresql": "passed", "dolt": "failed"}, [], 1),
        ({"dolt": "not-run"}, [], 1),
    ],
)
def test_red_is_what_failed_or_was_required_and_not_run(
    statuses: dict[str, str], required: list[str], expected: int
) -> None:
    results = [Result(name, status=status) for name, status in statuses.items()]

    assert verdict(results, required) == expected
