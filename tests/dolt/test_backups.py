"""The backup that docs/deployment.md describes, made of a running server and restored beside it."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from backends.mysql.driver import connect
from tests.serving import Server
from tests.test_backends import manage


def test_a_backup_made_with_dolt_backup_is_restored(server: Server, tmp_path: Path) -> None:
    server.start()
    served = urlsplit(server.database_url())
    password = (server.data / "dolt" / "password").read_text()
    owner = served._replace(netloc=f"root:{password}@{served.hostname}:{served.port}")
    backup = f"file://{tmp_path}/backup"

    connection = connect(owner)
    with connection.cursor() as cursor:
        cursor.execute("CALL dolt_backup('sync-url', %s)", [backup])
        cursor.execute("CALL dolt_backup('restore', %s, 'restored')", [backup])
    connection.close()

    urls = owner.geturl(), owner._replace(path="/restored").geturl()
    before, after = (manage("bank_export", DOLT_URL=url).stdout for url in urls)
    assert before.count("\n") > 300
    assert before == after
