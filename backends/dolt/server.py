"""Dolt: a database with MySQL's protocol and Git's history; `dolt` on PATH, or built with Go."""

from __future__ import annotations

import shutil

from backends.dolt import build
from backends.dolt.own_server import own_server
from backends.dolt.users import restrict
from backends.mysql.driver import SYSTEM_PACKAGES
from runner.backend import Backend, Provider
from runner.docker import docker

INSTALLER = "https://github.com/dolthub/dolt/releases/latest/download/install.sh"


def _not_on_path() -> str | None:
    return None if shutil.which("dolt") else f"curl -fsSL {INSTALLER} | bash"


BACKEND = Backend(
    name="dolt",
    suite_seconds=820,
    providers=[
        Provider(
            "Dolt on PATH", missing=_not_on_path, server=lambda data: own_server("dolt", data)
        ),
        Provider(
            f"Dolt {build.VERSION}, built with Go",
            missing=build.missing,
            server=lambda data: own_server(str(build.program()), data),
        ),
        docker("dolt", 3306, "mysql://root:{password}@{address}/bank"),
    ],
    system_packages=SYSTEM_PACKAGES,
    programs=lambda: build.cached().parent,
    restrict=restrict,
)
