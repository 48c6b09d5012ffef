"""MariaDB: `mariadbd` on PATH, with its own data and settings; or Docker."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlsplit

from backends.mariadb.collation import COLLATION
from backends.mariadb.users import restrict
from backends.mysql.driver import SYSTEM_PACKAGES, connect
from runner.backend import Backend, Provider
from runner.docker import docker
from runner.errors import CannotRun
from runner.leftover import stop_leftover
from runner.processes import log_file, running, wait_until
from runner.system_user import SYSTEM_USER, own_directory, run_as_system_user

# These packages have the programs, but no service: installing them starts nothing.
INSTALL = "apt install mariadb-server-core mariadb-client-core"
PROGRAMS = "/usr/sbin"  # where Debian has mariadbd; not on every user's PATH
# Reads no file of /etc/mysql: its settings are for the system's service, which may run here too.
NO_FILES = "--no-defaults"
SETTINGS = (
    "--skip-networking",
    "--character-set-server=utf8mb4",
    f"--collation-server={COLLATION}",
    "--innodb-buffer-pool-size=64M",
)
# For temporary data: no commit waits for the disk.
NOT_DURABLE = ("--innodb-flush-log-at-trx-commit=0", "--debug-no-sync", "--skip-innodb-doublewrite")


def _program(name: str) -> str | None:
    return shutil.which(name, path=os.pathsep.join([*os.get_exec_path(), PROGRAMS]))


def _missing() -> str | None:
    needed = ("mariadbd", "mariadb-install-db", "my_print_defaults")
    return None if all(map(_program, needed)) else INSTALL


@contextmanager
def _server(data: Path | None) -> Iterator[str]:
    """Run a server during the block; yield the URL of its database `bank`, as its owner.

    It listens on a Unix socket that only its owner can open; the database's owner gets a new random
    password at each start. In `data` commits are durable, even after kill -9. Without `data` they
    are faster, and the data is deleted at the end.
    """
    with tempfile.TemporaryDirectory(prefix="bank-mariadb-") as temporary:
        os.chmod(temporary, 0o711)  # noqa: S103 - others may only pass through it
        directory = (data or Path(temporary)).resolve() / "mariadb"
        own = Path(temporary) / "own"
        own_directory(own)
        if not (directory / "mysql").exists():
            _install(directory, own)
        stop_leftover(f"--datadir={directory}")
        password, socket = secrets.token_urlsafe(16), own / "socket"
        _write(own / "init.sql", password)
        files = [f"--socket={socket}", f"--pid-file={own}/pid", f"--tmpdir={own}"]
        options = [*files, f"--init-file={own}/init.sql", *(() if data else NOT_DURABLE)]
        program = _program("mariadbd") or "mariadbd"
        command = [program, NO_FILES, f"--datadir={directory}", *SETTINGS, *options]
        log = log_file("mariadb", data)
        url = f"mysql://root:{password}@{quote(str(socket), safe='')}/bank"
        with running(command, log=log, user=SYSTEM_USER) as child:
            wait_until(lambda: _ready(url), child, what="MariaDB", log=log)
            yield url


def _install(directory: Path, temporary: Path) -> None:
    """Create the data under another name, then rename it: an interrupted start is repeated."""
    new = directory.with_name("mariadb.new")
    shutil.rmtree(new, ignore_errors=True)
    own_directory(new)
    options = ("--skip-test-db", "--auth-root-socket-user=root", "--debug-no-sync")
    program = Path(_program("mariadb-install-db") or "mariadb-install-db")
    run_as_system_user(program, NO_FILES, f"--datadir={new}", f"--tmpdir={temporary}", *options)
    try:
        new.rename(directory)
    except OSError as error:
        raise CannotRun(f"{directory} is not empty and not of MariaDB: move it away.") from error


def _write(file: Path, password: str) -> None:
    """Write the statements that the server executes before it accepts connections."""
    file.touch(mode=0o600)
    shutil.chown(file, file.parent.stat().st_uid)
    file.write_text(
        f"ALTER USER root@localhost IDENTIFIED BY '{password}';\n"
        f"CREATE DATABASE IF NOT EXISTS bank CHARACTER SET utf8mb4 COLLATE {COLLATION};\n"
    )


def _ready(url: str) -> bool:
    from MySQLdb import OperationalError

    try:
        connect(urlsplit(url)).close()
    except OperationalError:
        return False
    return True


BACKEND = Backend(
    name="mariadb",
    suite_seconds=250,
    providers=[
        Provider("MariaDB on PATH", missing=_missing, server=_server),
        docker("mariadb", 3306, "mysql://root:{password}@{address}/bank"),
    ],
    system_packages=SYSTEM_PACKAGES,
    restrict=restrict,
)
