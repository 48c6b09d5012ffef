"""`python -m runner test NAME --docker`: the suite in a container, its report on this machine."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.containers.engine import left
from tests.test_backends import say

NAME = "doltlite"


@pytest.mark.parametrize(
    ("selected", "code", "expected"),
    [("location_is_the_path", 0, {"passed"}), ("no_test_is_called_so", 5, set())],
)
def test_the_report_and_the_exit_code_are_those_of_pytest_and_nothing_is_left(
    tmp_path: Path, selected: str, code: int, expected: set[str]
) -> None:
    directory = tmp_path / "report"
    directory.mkdir()
    directory.chmod(0o777)  # the user of the container writes into it
    pytest_options = ["tests/test_routing.py", "-k", selected, "--report-log=/report/x.jsonl"]

    said = say("test", NAME, "--docker", f"--report={directory}", *pytest_options)

    assert said.returncode == code, said.stdout + said.stderr
    tests = [json.loads(line) for line in (directory / "x.jsonl").read_text().splitlines()]
    assert {test["outcome"] for test in tests if test.get("when") == "call"} == expected
    [project] = {*re.findall(rf"bank-{NAME}-[0-9a-f]{{8}}", said.stdout + said.stderr)}
    assert left(project) == set()
