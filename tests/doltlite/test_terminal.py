"""At a terminal: a file that is not DoltLite's, and SQL that is typed."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

from tests.serving import ROOT
from tests.test_backends import manage, say
from tests.typed import Typed


def test_a_damaged_file_is_a_one_line_error_and_is_left_unchanged(tmp_path: Path) -> None:
    file, content = tmp_path / "bank.db", random.Random(1).randbytes(9000)
    file.write_bytes(content)

    said = manage("migrate", DOLTLITE_URL=f"doltlite:///{file}")

    assert said.returncode == 1
    assert said.stderr.startswith(
        "The database does not answer, or refuses: file is not a database. Is DOLTLITE_URL right?"
    )
    assert said.stderr.count("\n") == 1
    assert file.read_bytes() == content


def test_sql_from_the_command_line_is_doltlites() -> None:
    said = say("manage", "doltlite", "dbshell", "SELECT doltlite_engine(), NULL; SELECT 'a;b' AS x")

    assert (said.returncode, said.stderr) == (0, "")
    assert said.stdout == "doltlite_engine() | NULL\nprolly | NULL\nx\na;b\n"


def test_sql_from_a_pipe_compares_amounts_and_stops_at_the_first_error() -> None:
    sql = "SELECT '10.00' > '9.00' COLLATE amount\n  AS more;\nnonsense;\nSELECT 2 AS two;"

    said = subprocess.run(
        [sys.executable, "manage.py", "dbshell"],
        cwd=ROOT,
        input=sql,
        capture_output=True,
        text=True,
    )

    assert (said.returncode, said.stdout) == (1, "more\n1\n")
    assert said.stderr == 'CommandError: near "nonsense": syntax error\n'


def test_at_the_prompt_an_error_ends_nothing_and_ctrl_c_forgets_what_was_typed() -> None:
    with Typed("manage", "doltlite", "dbshell") as typed:
        typed.until("doltlite> ")
        typed.write("SELECT dolt_version();\n")
        typed.until("dolt_version()\r\nv")
        typed.write("nonsense;\n")
        typed.until("syntax error")
        typed.write("SELECT 1\n")
        typed.until("...> ")
        time.sleep(0.2)  # Python's readline does not notice a signal before it waits for input
        typed.write("\x03")
        typed.until("doltlite> ")
        typed.write("SELECT 6 * 7 AS answer;\n")
        typed.until("answer\r\n42")
        typed.until("doltlite> ")
        typed.write("\x04")

        assert typed.child.wait(30) == 0
