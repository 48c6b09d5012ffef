"""A gate at which a patch stops, so that a test can do something in the middle of it."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg

from tests.postgresql_sql.patch_db.patching import Project, wait_until

OPTIONS = ("--yes", "--baseline", "none", "--lock-timeout", "20s")
GATE = "select pg_advisory_lock(77);\n"


@contextmanager
def closed_gate(project: Project) -> Iterator[None]:
    """Let a patch that has GATE stop there during the block."""
    with psycopg.connect(project.url, autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(77)")
        yield


def until(file: Path) -> str:
    """Return a hook's command that waits for this file, for at most 20 seconds."""
    return f"for _ in $(seq 400); do [ -e {file} ] && break; sleep 0.05; done"


def at_gate(project: Project) -> list[int]:
    """Return the server's process of the patch that waits at the gate."""
    return project.query(
        "select pid from pg_stat_activity where wait_event = 'advisory' "
        "and datname = current_database() and application_name like 'patch_db %'"
    )


def started(project: Project, *options: str) -> subprocess.Popen[str]:
    """Return a runner whose patch waits at the gate."""
    runner = project.start(*OPTIONS, *options)
    wait_until(lambda: at_gate(project))
    return runner


def child_of(runner: subprocess.Popen[str]) -> psutil.Process:
    """Return the psql or the hook that the runner waits for."""
    [child] = psutil.Process(runner.pid).children()
    return child


def wait_for_waiting(project: Project) -> None:
    """Wait until a runner waits for the lock."""
    trying = "query like '%pg_try_advisory_lock%' and application_name = 'patch_db'"
    wait_until(lambda: project.query(f"select pid from pg_stat_activity where {trying}"))


def is_waiting(runner: subprocess.Popen[str]) -> bool:
    """Return whether it has not ended when it had the time to."""
    time.sleep(0.5)
    return runner.poll() is None
