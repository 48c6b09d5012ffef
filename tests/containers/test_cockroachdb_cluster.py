"""What of the CockroachDB cluster does not depend on its server: PostgreSQL is in its place.

The certificates, the load balancer and the application's settings are those of
compose/cockroachdb-cluster.yaml. docs/cockroachdb.md says what these tests do not show.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from runner.processes import log_file
from tests.containers.cluster import Certificate, Cluster, named, node_of
from tests.containers.shop import wait_until
from tests.serving import ROOT

DOWN, MORE = 4.0, 2.0  # seconds, as docs/cockroachdb.md says, and more on a busy machine
CLIENT = "select client_dn from pg_stat_ssl where pid = pg_backend_pid()"
CONNECT = f"""
from django.db import connection
with connection.get_new_connection(connection.get_connection_params()) as wire:
    print(wire.info.user, *wire.execute("{CLIENT}").fetchone())
"""


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with Cluster().running(log_file("cockroachdb-cluster", None)) as running:
        yield running


@pytest.fixture(scope="module")
def bank(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """Return the options with which the application connects."""
    return cluster.certificate("bank", tmp_path_factory.mktemp("bank"))


def test_the_application_accepts_the_settings_of_the_cluster(cluster: Cluster) -> None:
    checked = cluster.in_application(
        *("python", "manage.py", "check", "--deploy", "--fail-level=WARNING")
    )

    assert checked.startswith("System check identified no issues")


def test_the_application_connects_with_its_certificate(cluster: Cluster) -> None:
    said = cluster.in_application("python", "manage.py", "shell", "--command", CONNECT)

    assert said.splitlines()[-1] == "bank /O=Cockroach/CN=bank"


def test_a_node_has_a_certificate_for_the_address_of_the_load_balancer(
    cluster: Cluster, bank: Certificate
) -> None:
    with cluster.connect(bank, host="localhost") as connection:
        assert connection.pgconn.ssl_in_use

    with pytest.raises(psycopg.OperationalError, match="does not match host name"):
        cluster.connect(bank, host="elsewhere", hostaddr="127.0.0.1")


def test_the_certificate_of_another_user_is_refused(cluster: Cluster, tmp_path: Path) -> None:
    root = cluster.certificate("root", tmp_path)

    with pytest.raises(psycopg.OperationalError, match="certificate authentication failed"):
        cluster.connect(root, user="bank")


def test_the_certificate_of_another_authority_is_refused(
    cluster: Cluster, bank: Certificate, tmp_path: Path
) -> None:
    script = ROOT / "compose" / "cockroachdb-secure.sh"
    variables = os.environ | {"CERTIFICATES": str(tmp_path)}
    subprocess.run([script, "certificates", "roach1"], env=variables, check=True)
    forged = named(tmp_path / "bank", "bank") | {"sslrootcert": bank["sslrootcert"]}

    with pytest.raises(psycopg.OperationalError, match="unknown ca"):
        cluster.connect(forged)


def test_the_sessions_of_a_frozen_node_are_closed_and_new_ones_go_to_the_others(
    cluster: Cluster, bank: Certificate
) -> None:
    frozen = cluster.address("roach1")
    with ExitStack() as stack, ThreadPoolExecutor() as pool:
        opened = [stack.enter_context(cluster.connect(bank)) for _ in range(3)]
        sessions = {node_of(session): session for session in opened}
        others = sessions.keys() - {frozen}
        cluster.project.read("pause", "roach1")
        stack.callback(cluster.project.read, "unpause", "roach1")
        began = time.monotonic()

        with pytest.raises(psycopg.OperationalError):
            pool.submit(node_of, sessions[frozen]).result(DOWN + MORE)
        seconds = time.monotonic() - began
        kept = {node_of(sessions[other]) for other in others}
        new = {new_session(cluster, bank) for _ in range(6)}

    assert 1 < seconds < DOWN + MORE
    assert (len(others), kept, new) == (2, others, others)
    wait_until(lambda: new_session(cluster, bank) == frozen)


def new_session(cluster: Cluster, certificate: Certificate) -> str:
    """Open and close a session; return the address of its node."""
    with cluster.connect(certificate) as session:
        return node_of(session)
