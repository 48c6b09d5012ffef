"""MongoDB: `mongod` on PATH, Docker, or SecantusDB, a stand-in from a wheel."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from runner.backend import Backend, Provider
from runner.docker import docker
from runner.leftover import stop_leftover
from runner.ports import free_port
from runner.processes import log_file, running, wait_until

Command = Callable[[int, Path, bool], Sequence[str]]
"""Returns the server's command for a port, a directory, and whether the data must be durable."""
REPLICA_SET = "bank"


def _mongod(port: int, directory: Path, durable: bool) -> Sequence[str]:
    address = ["--bind_ip", "127.0.0.1", "--port", str(port), "--nounixsocket"]
    return ["mongod", *address, "--replSet", REPLICA_SET, "--dbpath", str(directory)]


def _secantusdb(port: int, directory: Path, durable: bool) -> Sequence[str]:
    program = Path(__file__).with_name("secantusdb.py")
    address = ["--host", "127.0.0.1", "--port", str(port), "--storage-path", str(directory)]
    # Without it, `kill -9` of a busy server loses some acknowledged transactions.
    sync = ["--sync-on-commit"] if durable else []
    return [sys.executable, "-P", str(program), *address, *sync]


@contextmanager
def _server(name: str, command: Command, data: Path | None) -> Iterator[str]:
    """Run a replica set with one member; MongoDB has transactions on replica sets only."""
    with tempfile.TemporaryDirectory(prefix="bank-mongodb-") as temporary:
        directory = (data or Path(temporary)).resolve() / name
        directory.mkdir(parents=True, exist_ok=True)
        directory.chmod(0o700)
        stop_leftover(str(directory))
        port = _port(directory)
        log = log_file("mongodb", data)
        with running(command(port, directory, data is not None), log=log) as child:
            wait_until(lambda: _ready(port), child, what=name, log=log)
            yield f"mongodb://127.0.0.1:{port}/bank?directConnection=true"


def _port(directory: Path) -> int:
    """Return a port that is the same at each start: it is in the replica set's configuration."""
    file = directory.with_suffix(".port")
    if not file.exists():
        file.write_text(str(free_port()))
    return int(file.read_text())


def _ready(port: int) -> bool:
    """Return whether there is a primary; initiate the replica set of a new mongod."""
    from pymongo import MongoClient
    from pymongo.errors import PyMongoError

    options: dict[str, Any] = {"directConnection": True, "serverSelectionTimeoutMS": 500}
    with MongoClient("127.0.0.1", port, **options) as client:
        try:
            if client.admin.command("hello").get("setName"):
                return bool(client.is_primary)
            members = [{"_id": 0, "host": f"127.0.0.1:{port}"}]
            client.admin.command("replSetInitiate", {"_id": REPLICA_SET, "members": members})
        except PyMongoError:
            pass
    return False


BACKEND = Backend(
    name="mongodb",
    suite_seconds=420,
    providers=[
        Provider(
            "mongod on PATH",
            missing=lambda: None if shutil.which("mongod") else "apt install mongodb-org",
            server=partial(_server, "mongod", _mongod),
        ),
        docker("mongodb", 27017, "mongodb://{address}/bank?directConnection=true"),
        Provider(
            "SecantusDB, a stand-in for MongoDB, from the wheel secantusdb",
            missing=lambda: None,  # it is in backends/mongodb/requirements.txt
            server=partial(_server, "secantusdb", _secantusdb),
        ),
    ],
)
