"""CockroachDB: one program, `cockroach` on PATH; or Docker."""

from __future__ import annotations

import os
import platform
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from runner.backend import Backend, Provider
from runner.docker import docker
from runner.errors import CannotRun
from runner.leftover import stop_leftover
from runner.processes import log_file, running, wait_until

VERSION = "v26.2.5"  # also in compose/
PROGRAMS = "~/.local/bin"
INSECURE = "--insecure"  # no certificates; it listens on this machine only


def _program() -> str | None:
    places = [*os.get_exec_path(), os.path.expanduser(PROGRAMS)]
    return shutil.which("cockroach", path=os.pathsep.join(places))


def _missing() -> str | None:
    # https://www.cockroachlabs.com/docs/stable/install-cockroachdb-linux
    processor = "arm64" if platform.machine() in {"aarch64", "arm64"} else "amd64"
    archive = f"cockroach-{VERSION}.linux-{processor}"
    download = (
        f"mkdir -p {PROGRAMS} && curl -fsSL https://binaries.cockroachdb.com/{archive}.tgz"
        f" | tar -xz -C {PROGRAMS} --strip-components=1 {archive}/cockroach"
    )
    return None if _program() else download


@contextmanager
def _server(data: Path | None) -> Iterator[str]:
    """Run a single node during the block; yield the URL of its database `bank`.

    It listens on free ports of 127.0.0.1 and lets every user of this machine in. In `data` the data
    is durable; without `data` it is in memory and lost at the end.
    """
    program = _program() or "cockroach"
    store = f"path={data.resolve() / 'store'}" if data else "type=mem,size=1GiB"
    if data:
        # SIGKILL loses nothing: acknowledged transactions are in its log on disk.
        stop_leftover(f"--store={store}", signal.SIGKILL)
    log = log_file("cockroachdb", data)
    with tempfile.TemporaryDirectory(prefix="bank-cockroachdb-") as temporary:
        address = Path(temporary) / "url"
        options = ["--listen-addr=127.0.0.1:0", "--http-addr=127.0.0.1:0", f"--store={store}"]
        command = [program, "start-single-node", INSECURE, *options]
        with running([*command, f"--listening-url-file={address}"], log=log) as child:
            wait_until(lambda: _port(address) is not None, child, what="CockroachDB", log=log)
            port = _port(address)
            _create_database(program, f"127.0.0.1:{port}")
            yield f"postgresql://root@127.0.0.1:{port}/bank?sslmode=disable"


def _port(address: Path) -> int | None:
    """Return the port in the file that the server writes when it is ready, a line with a URL."""
    text = address.read_text() if address.exists() else ""
    return urlsplit(text.strip()).port if text.endswith("\n") else None


def _create_database(program: str, host: str) -> None:
    statement = "CREATE DATABASE IF NOT EXISTS bank"
    command = [program, "sql", INSECURE, f"--host={host}", f"--execute={statement}"]
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode:
        raise CannotRun(f"cockroach sql: {result.stderr.strip()}")


BACKEND = Backend(
    name="cockroachdb",
    providers=[
        Provider("CockroachDB on PATH", missing=_missing, server=_server),
        docker("cockroachdb", 26257, "postgresql://root@{address}/bank?sslmode=disable"),
    ],
    programs=lambda: Path(PROGRAMS).expanduser(),
)
