"""Each import contract in pyproject.toml makes `lint-imports` fail when it is broken."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.serving import ROOT

PACKAGES = [
    *("bank", "versioning", "backends", "runner", "matrix"),
    *("benchmarks", "settings", "myproject", "schema", "tests"),
]


def lint_imports(directory: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("lint-imports")
    return subprocess.run([program, "--no-cache"], cwd=directory, capture_output=True, text=True)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a copy of the project's code, which the test may change."""
    only_code = shutil.ignore_patterns("__pycache__", "*.md", "go.*")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=only_code)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("module", "imported", "contract"),
    [
        ("bank/queries.py", "backends.postgresql.base", "bank depends on no database"),
        ("bank/queries.py", "psycopg", "bank depends on no database"),
        ("bank/queries.py", "versioning.models", "bank depends on no database"),
        ("versioning/models/tags.py", "MySQLdb", "version control knows the application"),
        ("backends/dolt/errors.py", "bank.errors", "backends do not depend on"),
        ("backends/mongodb/flush.py", "runner.errors", "an engine imports nothing"),
        ("runner/serve.py", "matrix.results", "the matrix imports the runner"),
        ("matrix/page.py", "benchmarks.report", "the matrix imports the runner"),
        ("runner/copy.py", "bank.errors", "the runner does not depend"),
        ("settings/environment.py", "runner.processes", "settings and the project start no"),
        ("schema/patch_db/run.py", "django.db", "schema can be copied"),
        ("matrix/results.py", "tests.differences", "only tests import tests"),
    ],
)
def test_a_forbidden_import_fails_the_check(
    copy: Path, module: str, imported: str, contract: str
) -> None:
    file = copy / module
    file.write_text(f"{file.read_text()}\nimport {imported}\n")

    said = lint_imports(copy)

    broken = [line for line in said.stdout.splitlines() if " BROKEN" in line]
    assert said.returncode == 1
    assert [line for line in broken if line.startswith(contract)]
