"""The backup that docs/deployment.md describes, made of a running server and restored beside it."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from backends.mysql.driver import connect
from tests.serving import Server
from tests.test_backends import manage

USERS = "from django.contrib.auth.models import User; print(User.objects.get())"


def test_a_backup_made_with_dolt_backup_is_restored(server: Server, tmp_path: Path) -> None:
    server.start()
    words = ["createsuperuser", "--noinput", "--username", "ann", "--email", "ann@example.com"]
    served = urlsplit(server.database_url())
    password = (server.data / "dolt" / "password").read_text()
    owner = served._replace(netloc=f"root:{password}@{served.hostname}:{served.port}")
    manage(*words, DOLT_URL=owner.geturl(), DJANGO_SUPERUSER_PASSWORD="correct horse")

    for ending in ("", "_site"):  # the bank, and what is not versioned
        backup = f"file://{tmp_path}/backup{ending}"
        connection = connect(owner._replace(path=f"/bank{ending}"))
        with connection.cursor() as cursor:
            cursor.execute("CALL dolt_backup('sync-url', %s)", [backup])
            cursor.execute("CALL dolt_backup('restore', %s, %s)", [backup, f"restored{ending}"])
        connection.close()

    urls = owner.geturl(), owner._replace(path="/restored").geturl()
    before, after = (manage("bank_export", DOLT_URL=url).stdout for url in urls)
    assert before.count("\n") > 300
    assert before == after
    listed = [manage("shell", "--no-imports", "-c", USERS, DOLT_URL=url).stdout for url in urls]
    assert listed == ["ann\n", "ann\n"]
