"""The database is DoltLite; SQLite is refused."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from bank.engine import Engine
from tests.serving import ROOT

OUTSIDE = {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}


def python(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run Python without the backend's variables(), so that its sqlite3 is SQLite."""
    return subprocess.run(
        [sys.executable, *words],
        cwd=ROOT,
        env=OUTSIDE | environment,
        capture_output=True,
        text=True,
    )


@pytest.mark.django_db
def test_the_tables_are_in_dolts_storage() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT doltlite_engine()")
        assert cursor.fetchone() == ("prolly",)
    assert Path(connection.settings_dict["NAME"]).is_file()


@pytest.mark.django_db
def test_the_server_version_names_doltlite_and_its_sqlite_version() -> None:
    assert Engine().server_version() == f"DoltLite 0.51.3 (SQLite {sqlite3.sqlite_version})"


def test_sqlite_is_refused(tmp_path: Path) -> None:
    result = python("manage.py", "migrate", DOLTLITE_URL=f"doltlite:///{tmp_path}/bank.db")

    assert result.returncode == 1
    assert "python -m runner manage doltlite`" in result.stderr.splitlines()[-1]


@pytest.mark.django_db(transaction=True)
def test_a_sqlite_file_is_refused(tmp_path: Path) -> None:
    file = str(tmp_path / "bank.db")
    create = "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('CREATE TABLE t (a)')"
    python("-c", create, file).check_returncode()

    with pytest.raises(ImproperlyConfigured, match="a file of SQLite's"):
        connection.get_new_connection({**connection.get_connection_params(), "database": file})


@pytest.mark.django_db
def test_a_statement_may_have_ten_thousand_parameters() -> None:
    most = connection.features.max_query_params

    with connection.cursor() as cursor:
        rows = ", ".join(["(%s)"] * 10_000)
        cursor.execute(f"SELECT count(*) FROM (VALUES {rows})", [1] * 10_000)  # noqa: S608
        assert cursor.fetchone() == (10_000,)
    assert most > 10_000
