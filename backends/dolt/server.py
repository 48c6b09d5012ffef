"""Dolt: a database with MySQL's protocol and Git's history; `dolt` on PATH, or built with Go."""

from __future__ import annotations

import secrets
import shutil
from urllib.parse import urlsplit

from backends.dolt import build
from backends.dolt.own_server import connect, own_server
from runner.backend import Backend, Provider
from runner.docker import docker

SYSTEM_PACKAGES = "apt install gcc pkg-config python3-dev default-libmysqlclient-dev"
INSTALLER = "https://github.com/dolthub/dolt/releases/latest/download/install.sh"
APPLICATION = "bank_application"
ALLOWED = "SELECT, INSERT, UPDATE, DELETE, EXECUTE"


def least_privilege(url: str) -> str:
    """Return the URL of a user that can read and change rows, and nothing else.

    The owner, whose URL this is, creates the user again with a new password.
    """
    address = urlsplit(url)
    password = secrets.token_urlsafe(16)
    connection = connect(address)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP USER IF EXISTS {APPLICATION}")
        cursor.execute(f"CREATE USER {APPLICATION} IDENTIFIED BY %s", [password])
        cursor.execute(f"GRANT {ALLOWED} ON `{address.path[1:]}`.* TO {APPLICATION}")
    connection.close()
    where = f"{address.hostname}:{address.port}"
    return address._replace(netloc=f"{APPLICATION}:{password}@{where}").geturl()


def _not_on_path() -> str | None:
    return None if shutil.which("dolt") else f"curl -fsSL {INSTALLER} | bash"


BACKEND = Backend(
    name="dolt",
    providers=[
        Provider(
            "Dolt on PATH", missing=_not_on_path, server=lambda data: own_server("dolt", data)
        ),
        Provider(
            f"Dolt {build.VERSION}, built with Go",
            missing=build.missing,
            server=lambda data: own_server(str(build.program()), data),
        ),
        docker("dolt", "mysql://root:{password}@127.0.0.1:{port}/bank"),
    ],
    system_packages=SYSTEM_PACKAGES,
    programs=lambda: build.cached().parent,
    restrict=least_privilege,
)
