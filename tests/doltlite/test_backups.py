"""The backup that docs/deployment.md describes, made of a running server and restored beside it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.serving import ROOT, Server
from tests.test_backends import manage

USERS = "from django.contrib.auth.models import User; print(User.objects.get())"


def test_a_backup_made_with_the_backup_api_is_restored(server: Server, tmp_path: Path) -> None:
    server.start()
    chapter = (ROOT / "docs" / "deployment.md").read_text()
    script = chapter.partition("python -c '\n")[2].partition("'")[0]
    files = server.data / "bank.db", tmp_path / "backup.db"

    words = ["createsuperuser", "--noinput", "--username", "ann", "--email", "ann@example.com"]
    url, password = f"doltlite:///{files[0]}", "correct horse"
    manage(*words, DOLTLITE_URL=url, DJANGO_SUPERUSER_PASSWORD=password)

    for pair in (files, [f"{file}.site" for file in files]):  # the bank, and what is not versioned
        subprocess.run([sys.executable, "-c", script, *pair], check=True)

    before, after = (
        manage("bank_export", DOLTLITE_URL=f"doltlite:///{file}").stdout for file in files
    )
    assert before.count("\n") > 300
    assert before == after
    listed = [
        manage("shell", "--no-imports", "-c", USERS, DOLTLITE_URL=f"doltlite:///{file}").stdout
        for file in files
    ]
    assert listed == ["ann\n", "ann\n"]
