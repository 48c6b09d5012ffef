"""Djongo's own list of packages is a second one; where both name a package, the versions agree."""

from __future__ import annotations

import subprocess
import sys

from tests.serving import ROOT


def pinned(name: str) -> dict[str, str]:
    """The versions that a list names, by package; without extras."""
    lines = [line.partition("#")[0].strip() for line in (ROOT / name).read_text().splitlines()]
    pairs = [line.split("==") for line in lines if line]
    return {package.partition("[")[0].lower(): version for package, version in pairs}


def test_what_both_lists_name_has_one_version() -> None:
    ours, theirs = pinned("backends/djongo/requirements.txt"), pinned("requirements.txt")

    both = ours.keys() & theirs.keys()

    assert {name: ours[name] for name in both} == {name: theirs[name] for name in both}
    assert len(both) > 10


def test_nothing_is_missing_and_only_djongos_requirements_are_not_met() -> None:
    check = subprocess.run([sys.executable, "-m", "pip", "check"], capture_output=True, text=True)

    missing = [line for line in check.stdout.splitlines() if "which is not installed" in line]
    not_met = {
        line.partition(" has requirement ")[2].split("<")[0].split(">")[0]
        for line in check.stdout.splitlines()
    }

    assert missing == []
    assert not_met == {"django", "pymongo", "sqlparse"}
