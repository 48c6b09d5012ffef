"""Starts and stops a Dolt server."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from backends.dolt.collation import COLLATION
from backends.mysql.driver import connect
from runner.errors import CannotRun
from runner.leftover import stop_leftover
from runner.ports import free_port
from runner.processes import log_file, running, wait_until
from runner.secret import kept_secret


@contextmanager
def own_server(program: str, data: Path | None) -> Iterator[str]:
    """Run a server during the block; yield the owner's URL of its database `bank`.

    It listens on a free port of 127.0.0.1. The owner's password is random and stored beside the
    data. Without `data` the server starts empty and its data is deleted at the end.
    """
    with tempfile.TemporaryDirectory(prefix="bank-dolt-") as temporary:
        home = (data or Path(temporary)).resolve() / "dolt"
        home.mkdir(mode=0o700, exist_ok=True)
        (home / "databases").mkdir(exist_ok=True)
        _refuse_lost(home / "password", home / "databases")
        port, password = free_port(), kept_secret(home / "password")
        config = _config(home, port)
        # It leaves files in its temporary directory, so it gets one that is deleted.
        own = {"DOLT_ROOT_PASSWORD": password, "TMPDIR": temporary}
        environment = _environment(home) | own
        quiet = [program, "config", "--global", "--add", "metrics.disabled", "true"]
        subprocess.run(quiet, env=environment, cwd=home, capture_output=True, check=True)
        stop_leftover(str(config))
        log = log_file("dolt", data)
        command = [program, "sql-server", "--config", str(config)]
        with running(command, log=log, env=environment) as child:
            url = f"mysql://root:{password}@127.0.0.1:{port}/bank"
            wait_until(lambda: _ready(url), child, what="Dolt", log=log)
            yield url


def _refuse_lost(password: Path, databases: Path) -> None:
    """Raise CannotRun if there are databases but no password: a new one would not open them."""
    if any(databases.iterdir()) and not (password.exists() and password.stat().st_size):
        raise CannotRun(f"{password} is missing, but there are databases: restore the file.")


def _environment(home: Path) -> dict[str, str]:
    """Return the environment: its own home, so no user's settings are read, and no telemetry.

    To send telemetry, a server would leave a child process running when it ends.
    """
    places = {"HOME": str(home), "DOLT_ROOT_PATH": str(home)}
    return {**os.environ, **places, "DOLT_DISABLE_EVENT_FLUSH": "true"}


def _config(home: Path, port: int) -> Path:
    """Write the server's configuration; return its path.

    https://docs.dolthub.com/sql-reference/server/configuration
    """
    file = home / "config.yaml"
    file.write_text(
        "log_level: error\n"  # conflicts, which are frequent, are logged as warnings
        f"data_dir: {json.dumps(str(home / 'databases'))}\n"
        f"listener: {{host: 127.0.0.1, port: {port}}}\n"
        "system_variables:\n"
        # Without this, every user can read the server's files with LOAD_FILE().
        f"  secure_file_priv: {json.dumps(str(home / 'none'))}\n"
        # With the default, 2, two concurrent INSERTs may get the same generated key:
        # https://github.com/dolthub/dolt/issues/7702
        "  innodb_autoinc_lock_mode: 1\n"
    )
    return file


def _ready(url: str) -> bool:
    from MySQLdb import OperationalError

    address = urlsplit(url)
    try:
        connection = connect(address._replace(path=""))
    except OperationalError:
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE DATABASE IF NOT EXISTS {address.path[1:]} "
            f"CHARACTER SET utf8mb4 COLLATE {COLLATION}"
        )
    connection.close()
    return True
