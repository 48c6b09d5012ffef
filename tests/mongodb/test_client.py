"""`dbshell` runs mongosh."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.test_backends import manage


@pytest.mark.parametrize("code", [0, 3])
def test_dbshell_runs_mongosh_which_handles_ctrl_c_and_returns_its_exit_code(
    tmp_path: Path, code: int
) -> None:
    (tmp_path / "mongosh").write_text(f'#!/bin/sh\nkill -INT $PPID\necho "$@"\nexit {code}\n')
    (tmp_path / "mongosh").chmod(0o755)

    said = manage("dbshell", "--", "--quiet", PATH=f"{tmp_path}:{os.environ['PATH']}")

    failed = f"CommandError: mongosh ended with exit code {code}.\n" if code else ""
    assert said.stdout == f"{os.environ['MONGODB_URL']} --quiet\n"
    assert (said.returncode, said.stderr) == (code, failed)
