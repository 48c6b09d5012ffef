"""A run in which anything fails exits with 1 and names the reason."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from matrix.results import Result, totals
from runner.suite import TOOLS
from tests.serving import ROOT, start

HANGS = """
import pytest
from django.db import connection

def test_that_passes(db): pass

@pytest.mark.timeout(2, func_only=True)
def test_that_waits_for_the_server(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(600)")

def test_that_is_not_reached(): pass
"""
DECLARED = """
from tests import conftest
from tests.conftest import pytest_collection_modifyitems
from tests.differences import Difference

conftest.expected = lambda *_: Difference("declared", "https://example.org", frozenset(), ())
"""


def matrix(
    suite: str, directory: Path, *options: str, row: str = TOOLS
) -> tuple[int, Any, list[str]]:
    """Run the matrix on this suite; return exit code, row in matrix.json, and printed lines."""
    file, said, output = (directory / name for name in ("test_suite.py", "said", "output"))
    file.write_text(suite)
    addopts = " ".join([str(file), "-c pyproject.toml -p no:cacheprovider", *options])
    command = [row, "--output", str(output)]
    exit_code = start("matrix", *command, output=said, PYTEST_ADDOPTS=addopts).wait(120)
    saved = json.loads((output / "matrix.json").read_text())["backends"][row]
    return exit_code, saved, said.read_text().splitlines()


def outcomes(saved: Any) -> dict[str, str]:
    return {node.partition("::")[2]: test["outcome"] for node, test in saved["tests"].items()}


def test_a_test_that_hangs_in_a_driver_is_interrupted_and_fails(tmp_path: Path) -> None:
    exit_code, saved, (*_, last) = matrix(HANGS, tmp_path, row="postgresql")

    assert (exit_code, saved["status"], last) == (1, "failed", "1 passed, 1 failed")
    assert outcomes(saved) == {
        "test_that_passes": "passed",
        "test_that_waits_for_the_server": "failed",
    }
    [hung] = [test for test in saved["tests"].values() if test["outcome"] == "failed"]
    assert 'cursor.execute("SELECT pg_sleep(600)")' in hung["traceback"]


@pytest.mark.parametrize(
    ("suite", "reason"),
    [
        ("import pytest\ndef test_that_skips(): pytest.skip('no time')", "no time"),
        ("import nothing_of_this_name", "No module named 'nothing_of_this_name'"),
    ],
)
def test_one_failure_of_any_kind_fails_the_run(suite: str, reason: str, tmp_path: Path) -> None:
    exit_code, saved, (first, *_, last) = matrix(f"def test_a(): pass\n{suite}\n", tmp_path)

    assert (exit_code, saved["status"], saved["failed"]) == (1, "failed", 1)
    assert first == f"tools: failed, see {tmp_path}/output/logs/tools-tests.log"
    assert last.endswith(" 1 failed")
    assert reason in " ".join(str(test["reason"]) for test in saved["tests"].values())


def test_a_run_that_ends_before_its_first_test_counts_as_a_failure(tmp_path: Path) -> None:
    exit_code, saved, (*_, last) = matrix("", tmp_path, "--no-such-option")

    assert (exit_code, saved["status"], last) == (1, "failed", "0 passed, 1 failed")
    assert "--no-such-option" in saved["reason"]
    assert saved["log"].endswith("logs/tools-tests.log")
    assert totals([Result("dolt", status="failed", reason="no server")])["failed"] == 1


def test_a_run_that_selects_no_test_fails_with_a_reason(tmp_path: Path) -> None:
    exit_code, saved, (*_, last) = matrix("def test_a(): pass", tmp_path, "-k nothing_of_this_name")

    assert (exit_code, saved["status"], last) == (1, "failed", "0 passed, 1 failed")
    assert saved["reason"] == "no test was selected"


def test_pytest_without_settings_names_the_command_and_the_variables_to_set() -> None:
    clean = {name: value for name, value in os.environ.items() if "DJANGO" not in name}

    ended = subprocess.run(
        [sys.executable, "-m", "pytest"], cwd=ROOT, env=clean, capture_output=True, text=True
    )

    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.count("\n") == 1
    assert "Run `.venv/bin/python -m runner test postgresql`." in ended.stderr
    assert "DJANGO_SETTINGS_MODULE=settings.postgresql" in ended.stderr


def test_a_declared_difference_that_passes_fails_the_run(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(DECLARED)
    (tmp_path / "test_x.py").write_text("def test_x(): pass")

    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", str(tmp_path)],
        cwd=ROOT,
        env=os.environ,
        capture_output=True,
        text=True,
    )

    assert ended.returncode == 1
    assert "[XPASS(strict)] declared" in ended.stdout
