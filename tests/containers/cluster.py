"""compose/cockroachdb-cluster.yaml with PostgreSQL in place of the CockroachDB nodes."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from runner.compose import Project
from tests.serving import ROOT

STAND_INS = ROOT / "tests" / "containers" / "cockroachdb-cluster.yaml"
PEM = re.compile(r"-----BEGIN .+?-----END [^\n]+\n", re.DOTALL)
Certificate = dict[str, str]
"""Options of libpq: a client's certificate, its key, and the authority of the server's."""


class Cluster:
    """Certificates, three nodes and their load balancer, under a project's name of its own."""

    def __init__(self) -> None:
        self.project = Project(
            "cockroachdb-cluster",
            f"bank-cluster-{secrets.token_hex(4)}",
            SECRET_KEY=secrets.token_urlsafe(48),
            ALLOWED_HOSTS="127.0.0.1",
            API_TOKENS=f"ann:{secrets.token_hex(16)}",
        )
        self.project.command.append(f"--file={STAND_INS}")
        self.port = ""

    @contextmanager
    def running(self, log: Path) -> Iterator[Cluster]:
        """Build and start all but the applications; remove everything at the end of the block."""
        with self.project.stopped(log, forget=True):
            self.project.read("up", "--build", "--detach", "--wait", "sql-balancer")
            self.port = self.project.read("port", "sql-balancer", "26257").rpartition(":")[2]
            yield self

    def in_application(self, *command: str) -> str:
        """Return the output of a command in a container of the application."""
        return self.project.read("run", "--rm", "--no-deps", "--no-TTY", "application", *command)

    def certificate(self, user: str, directory: Path) -> Certificate:
        """Copy the certificate of the user `bank` or `root` into a directory of this machine."""
        names = ["ca.crt", f"client.{user}.crt", f"client.{user}.key"]
        run = ("run", "--rm", "--no-deps", "--no-TTY", "--entrypoint=cat", "certificates")
        text = self.project.read(*run, *(f"/certificates/{user}/{name}" for name in names))
        for name, content in zip(names, PEM.findall(f"{text}\n"), strict=True):
            (directory / name).touch(mode=0o600)
            (directory / name).write_text(content)
        return named(directory, user)

    def connect(self, certificate: Certificate, **options: str) -> psycopg.Connection[Any]:
        """Connect through the load balancer, with the options of the application's URL."""
        place = {"host": "127.0.0.1", "port": self.port, "dbname": "bank", "user": "bank"}
        secure = {"sslmode": "verify-full", "connect_timeout": "5"} | certificate
        return psycopg.connect(**place | secure | options, autocommit=True)

    def address(self, node: str) -> str:
        """Return the address of a node in the containers' network."""
        return self.project.read("exec", "--no-TTY", node, "hostname", "--ip-address")


def named(directory: Path, user: str) -> Certificate:
    """Return the options for the certificate of a user in this directory."""
    files = {"sslrootcert": "ca", "sslcert": f"client.{user}", "sslkey": f"client.{user}"}
    return {
        option: f"{directory / file}.{'key' if option == 'sslkey' else 'crt'}"
        for option, file in files.items()
    }


def node_of(connection: psycopg.Connection[Any]) -> str:
    """Return the address of the node that answers on this connection."""
    return str(connection.execute("select host(inet_server_addr())").fetchone()[0])
