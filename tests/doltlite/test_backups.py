"""The backup that docs/deployment.md describes, made of a running server and restored beside it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.serving import ROOT, Server
from tests.test_backends import manage


def test_a_backup_made_with_the_backup_api_is_restored(server: Server, tmp_path: Path) -> None:
    server.start()
    chapter = (ROOT / "docs" / "deployment.md").read_text()
    script = chapter.partition("python -c '\n")[2].partition("'")[0]
    files = server.data / "bank.db", tmp_path / "backup.db"

    subprocess.run([sys.executable, "-c", script, *files], check=True)

    before, after = (
        manage("bank_export", DOLTLITE_URL=f"doltlite:///{file}").stdout for file in files
    )
    assert before.count("\n") > 300
    assert before == after
