"""The error for a file that is not a database, and SQL in `dbshell`."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.serving import ROOT
from tests.terminal import Terminal
from tests.test_backends import manage, say

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"


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


def test_dbshell_executes_sql_from_the_command_line() -> None:
    said = say("manage", "doltlite", "dbshell", "SELECT doltlite_engine(), NULL; SELECT 'a;b' AS x")

    assert (said.returncode, said.stderr) == (0, "")
    assert said.stdout == "doltlite_engine() | NULL\nprolly | NULL\nx\na;b\n"


def test_dbshell_executes_sql_from_a_pipe_up_to_the_first_error() -> None:
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


@pytest.mark.parametrize(
    ("sql", "message"),
    [(b"SELECT '\xff';", b"surrogates not allowed"), (b"SELECT '\0';", b"embedded null character")],
)
def test_dbshell_refuses_input_that_is_not_text_in_one_line(sql: bytes, message: bytes) -> None:
    command = [sys.executable, "manage.py", "dbshell"]

    said = subprocess.run(command, cwd=ROOT, input=sql, capture_output=True)

    assert said.returncode == 1
    assert said.stderr.startswith(b"CommandError: ")
    assert message in said.stderr
    assert said.stderr.count(b"\n") == 1


def test_dbshell_prints_no_traceback_if_the_reader_of_its_output_ends() -> None:
    sql = (
        "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers LIMIT 99999) "
        "SELECT n FROM numbers"
    )
    command = [sys.executable, "manage.py", "dbshell", sql]

    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as child:
        assert child.stdout and child.stderr
        first = child.stdout.readline()
        child.stdout.close()
        errors = child.stderr.read()

    assert (first, errors, child.returncode) == (b"n\n", b"", 1)


def test_the_prompt_continues_after_an_error_and_ctrl_c_cancels_what_is_typed_or_running() -> None:
    with Terminal("manage", "doltlite", "dbshell") as terminal:
        terminal.until("doltlite> ")
        terminal.write("SELECT dolt_version();\n")
        terminal.until("dolt_version()\r\nv")
        terminal.write("nonsense;\n")
        terminal.until("syntax error")
        terminal.write("SELECT 1\n")
        terminal.until("...> ")
        time.sleep(0.2)  # Python's readline handles a signal only while it waits for input
        terminal.write("\x03")
        terminal.until("doltlite> ")
        terminal.write(f"{ENDLESS};\n")
        time.sleep(0.5)
        terminal.write("\x03")
        terminal.until("interrupted")
        terminal.until("doltlite> ")
        terminal.write("SELECT 6 * 7 AS answer;\n")
        terminal.until("answer\r\n42")
        terminal.until("doltlite> ")
        terminal.write("\x04")

        assert terminal.child.wait(30) == 0
