"""What a file that is not DoltLite's says."""

from __future__ import annotations

import random
from pathlib import Path

from tests.test_backends import manage


def test_a_damaged_file_is_one_line_and_stays_as_it_is(tmp_path: Path) -> None:
    file, content = tmp_path / "bank.db", random.Random(1).randbytes(9000)
    file.write_bytes(content)

    said = manage("migrate", DOLTLITE_URL=f"doltlite:///{file}")

    assert said.returncode == 1
    assert said.stderr.startswith(
        "The database does not answer, or refuses: file is not a database. Is DOLTLITE_URL right?"
    )
    assert said.stderr.count("\n") == 1
    assert file.read_bytes() == content
