"""Djongo's environment has the pinned versions, even where a package requires others."""

from __future__ import annotations

import re
import subprocess
import sys


def test_no_package_is_missing_and_only_djongos_requirements_are_overridden() -> None:
    command = [sys.executable, "-m", "uv", "pip", "check", "--python", sys.executable]
    check = subprocess.run(command, capture_output=True, text=True)

    refused = re.findall(r"requires `([\w-]+).*, but `.*` is installed", check.stderr)

    assert "Found 3 incompatibilities\n" in check.stderr
    assert sorted(refused) == ["django", "pymongo", "sqlparse"]
