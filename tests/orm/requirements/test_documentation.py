"""docs/nosql.md lists exactly the requirements that are tested, each with its test."""

from __future__ import annotations

import re
from pathlib import Path

from tests.serving import ROOT

TEST = re.compile(r'^@pytest.mark.feature\(".+?", "(.+?)"\)\ndef (test_\w+)\(', re.M)
ROW = re.compile(r"^\| ([^|]+) \| [^|]+ \| `(test_\w+)` \|$", re.M)


def test_the_documented_requirements_are_the_tested_ones() -> None:
    modules = [file.read_text() for file in Path(__file__).parent.glob("test_*.py")]

    tested = {name: test for text in modules for name, test in TEST.findall(text)}
    documented = dict(ROW.findall((ROOT / "docs" / "nosql.md").read_text()))

    assert documented == tested
    assert len(tested) == 18
