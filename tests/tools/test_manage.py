"""Commands on the data of `serve`: concurrent, after an unfinished copy, and in a terminal."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from runner.backends import backend
from runner.kept import directory, kept_server
from runner.manage import manage as run_command
from tests.serving import PYTHON, ROOT, start
from tests.terminal import Terminal
from tests.test_backends import say

POSTGRESQL = backend("postgresql")
WAITING = "waiting for another program that uses"


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    """Return a directory with a migrated database, whose server is stopped."""
    with TemporaryDirectory(prefix="kept-") as temporary:
        directory = Path(temporary) / "data"
        with kept_server(POSTGRESQL, directory) as url:
            run_command(POSTGRESQL, POSTGRESQL.environment(url), "migrate", "--verbosity", "0")
        yield directory


def words(data: Path, *command: str) -> list[str]:
    return ["manage", "--data", str(data), "postgresql", *command]


def manage(data: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return say(*words(data, *command))


def test_a_command_waits_for_the_one_that_has_started_the_server(
    data: Path, tmp_path: Path
) -> None:
    end = tmp_path / "end"
    wait = f"import pathlib, time\nwhile not pathlib.Path({str(end)!r}).exists(): time.sleep(0.05)"
    (data / "url").write_text(
        "postgresql://nobody@127.0.0.1:1/left"
    )  # as a killed program leaves it
    first = start(
        "runner", *words(data, "shell", "--no-imports", "--command", wait), output=tmp_path / "1"
    )
    while (data / "url").exists():
        time.sleep(0.05)

    second = start("runner", *words(data, "migrate", "--check"), output=tmp_path / "2")
    while WAITING not in (tmp_path / "2").read_text():
        assert (first.poll(), second.poll()) == (None, None)
        time.sleep(0.05)
    end.touch()

    assert (first.wait(60), second.wait(60)) == (0, 0)
    assert (tmp_path / "2").read_text() == f"{WAITING} {data}\n"


def test_ctrl_c_reaches_only_the_command(data: Path) -> None:
    with Terminal(*words(data, "dbshell", "--", "--no-psqlrc")) as terminal:
        terminal.until("bank=# ")
        terminal.write("SELECT pg_sleep(60);\n")
        time.sleep(0.5)
        terminal.write("\x03")
        terminal.until("canceling statement due to user request")
        terminal.write("SELECT 6 * 7 AS answer;\n")
        terminal.until("42")
        terminal.write("\\q\n")

        assert terminal.child.wait(30) == 0


def test_an_export_is_imported_into_a_new_directory(data: Path, tmp_path: Path) -> None:
    assert manage(data, "bank_demo", "--orders", "3").returncode == 0
    exported = manage(data, "bank_export").stdout

    manage(tmp_path / "restored", "migrate")
    command = [PYTHON, "-m", "runner", *words(tmp_path / "restored", "bank_import")]
    subprocess.run(command, cwd=ROOT, input=exported, text=True, check=True)

    assert exported.count("\n") > 10
    assert manage(tmp_path / "restored", "bank_export").stdout == exported


def test_an_empty_directory_has_no_data_and_stays_empty(tmp_path: Path) -> None:
    refused = manage(tmp_path, "createsuperuser")

    assert refused.returncode == 1
    assert refused.stderr.startswith(f"There is no data in {tmp_path}: ")
    assert [*tmp_path.iterdir()] == []


def test_a_damaged_url_file_is_refused_without_a_traceback(tmp_path: Path) -> None:
    with directory(tmp_path):
        (tmp_path / "url").write_bytes(b"\xff\n")
        refused = manage(tmp_path, "check")

    assert refused.returncode == 1
    assert refused.stderr.startswith("POSTGRESQL_URL: it does not begin with postgresql://")


# This must be the last test, because it makes the data unusable.
def test_an_unfinished_copy_is_refused_by_all_commands_but_those_that_may_continue_it(
    data: Path,
) -> None:
    mark = "from bank.models import UnfinishedCopy; UnfinishedCopy.objects.create()"
    assert manage(data, "shell", "--no-imports", "--command", mark).returncode == 0

    refused = manage(data, "createsuperuser", "--noinput", "--username", "ann")
    continued = manage(data, "bank_import", "--help")

    assert refused.returncode == 1
    assert "(bank.E002) The copy into the database 'default' was not finished" in refused.stderr
    assert (continued.returncode, continued.stderr) == (0, "")
