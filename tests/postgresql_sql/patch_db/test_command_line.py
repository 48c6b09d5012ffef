"""The program as a shell starts it."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.postgresql_sql.patch_db.gate import OPTIONS, child_of
from tests.postgresql_sql.patch_db.patching import Project, finish, wait_until

NOTICE = "do $$ begin raise notice 'hello'; end $$; create table a ();"


@pytest.mark.parametrize(
    ("options", "code"), [(["--status"], 3), (["--check"], 0), ([], 2), (["--no-such-option"], 2)]
)
def test_the_exit_code_says_what_has_happened(
    project: Project, options: list[str], code: int
) -> None:
    assert finish(project.start(*options)).returncode == code


@pytest.mark.parametrize("closed", ["2>&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_a_closed_output_does_not_stop_a_patch(project: Project, closed: str) -> None:
    project.write(a=NOTICE)
    project.hook("a.post.sh", "echo a hook; echo an error >&2")

    said = finish(project.start(*OPTIONS, script=f'exec "$@" {closed}'))

    assert said.returncode == 0
    assert project.states() == {"a": "applied"}


def test_a_name_that_the_output_does_not_have_is_escaped(project: Project) -> None:
    project.file("é.sql", "create table a ()")

    said = finish(project.start(*OPTIONS, PYTHONIOENCODING="ascii"))

    assert (said.returncode, said.stderr) == (0, "")
    assert "\\xe9.sql: applied" in said.stdout


@pytest.mark.parametrize("seconds", ["nan", "-1", "inf", "soon"])
def test_a_time_to_wait_is_finite(project: Project, seconds: str) -> None:
    said = project.run("--yes", "--wait", seconds)

    assert said.returncode == 2
    assert f"argument --wait: invalid seconds value: '{seconds}'" in said.stderr


def test_a_runner_in_the_background_of_a_script_stops_its_hook(
    project: Project, tmp_path: Path
) -> None:
    # A shell lets such a job ignore SIGINT.
    project.write(a="create table a ()")
    project.hook("a.pre.sh", f"touch {tmp_path}/here", "sleep 60")
    runner = project.start(*OPTIONS, script='trap "" INT; exec "$@"')
    wait_until((tmp_path / "here").exists)
    hook = child_of(runner)

    runner.send_signal(signal.SIGTERM)

    assert finish(runner).returncode == 128 + signal.SIGTERM
    assert not hook.is_running()


def test_a_runner_that_is_stopped_while_it_starts_says_so(project: Project) -> None:
    runner = project.start("--status", PYTHONPROFILEIMPORTTIME="1")
    assert runner.stderr
    imported = iter(runner.stderr.readline, "")
    assert any("argparse" in line for line in imported)

    runner.send_signal(signal.SIGINT)
    said = finish(runner)

    assert said.returncode == 130
    assert "Traceback" not in said.stderr
