"""docs/nosql.md has every requirement, with the test that shows it, and no other."""

from __future__ import annotations

import re
from pathlib import Path

from tests.serving import ROOT

TEST = re.compile(r'^def (test_\w+)\(.*?record_property\("requirement", "(.+?)"\)', re.M | re.S)
ROW = re.compile(r"^\| ([^|]+) \| [^|]+ \| `(test_\w+)` \|$", re.M)


def test_the_requirements_of_the_documentation_are_those_of_the_tests() -> None:
    modules = [file.read_text() for file in Path(__file__).parent.glob("test_*.py")]

    tested = {name: test for text in modules for test, name in TEST.findall(text)}
    documented = dict(ROW.findall((ROOT / "docs" / "nosql.md").read_text()))

    assert documented == tested
    assert len(tested) == 18
