"""tests/differences.py names tests and backends that exist; a renamed test would go unnoticed."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest

from settings import NAMES
from tests.differences import DIFFERENCES, Difference, expected
from tests.serving import ROOT

FILES = {file.relative_to(ROOT): file.read_text() for file in (ROOT / "tests").rglob("test_*.py")}


@pytest.mark.parametrize("difference", DIFFERENCES, ids=lambda difference: difference.reason)
def test_a_declared_difference_names_existing_tests_and_backends(difference: Difference) -> None:
    assert difference.backends <= {*NAMES}
    for pattern in difference.tests:
        path, _, test = pattern.partition("::")
        source = f"\ndef {test.rstrip('*')}("
        assert any(fnmatchcase(str(file), path) and source in FILES[file] for file in FILES), test


def test_brackets_in_a_declaration_are_the_parameters_of_a_test(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one = Difference("", "", frozenset({"dolt"}), ("tests/test_a.py::test_1[x]",))
    monkeypatch.setattr("tests.differences.DIFFERENCES", [one])

    assert expected("dolt", "tests/test_a.py::test_1[x]") is one
    assert expected("dolt", "tests/test_a.py::test_1x") is None
    assert expected("mongodb", "tests/test_a.py::test_1[x]") is None
