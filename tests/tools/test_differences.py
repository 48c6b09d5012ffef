"""tests/differences.py names tests and backends that exist; a renamed test would go unnoticed."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest

from settings import NAMES
from tests.differences import DIFFERENCES, Difference
from tests.serving import ROOT

FILES = {file.relative_to(ROOT): file.read_text() for file in (ROOT / "tests").rglob("test_*.py")}


@pytest.mark.parametrize("difference", DIFFERENCES, ids=lambda difference: difference.reason)
def test_a_declared_difference_names_existing_tests_and_backends(difference: Difference) -> None:
    assert difference.backends <= {*NAMES}
    for pattern in difference.tests:
        path, _, test = pattern.partition("::")
        source = f"\ndef {test.rstrip('*')}("
        assert any(fnmatchcase(str(file), path) and source in FILES[file] for file in FILES), test
