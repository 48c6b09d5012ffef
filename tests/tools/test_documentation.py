"""The documentation names only what there is."""

from __future__ import annotations

import re

from tests.serving import ROOT


def test_every_link_within_the_documentation_leads_somewhere() -> None:
    for document in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", document.read_text()):
            assert (document.parent / target).exists(), f"{document.name}: {target}"


def test_every_test_that_the_documentation_names_exists() -> None:
    tests = "".join(file.read_text() for file in (ROOT / "tests").rglob("*.py"))
    for document in (ROOT / "docs").glob("*.md"):
        for name in re.findall(r"`(test_\w+)`", document.read_text()):
            assert f"def {name}(" in tests, f"{document.name}: {name}"
