"""Stopping a server that a killed program has left running."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from runner import leftover
from runner.errors import CannotRun

SLEEP = "import time; time.sleep(60)"
IGNORE = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('on', flush=True); "


def test_a_leftover_server_is_found_by_the_data_on_its_command_line(tmp_path: Path) -> None:
    with (
        subprocess.Popen([sys.executable, "-c", SLEEP, str(tmp_path)]) as child,
        subprocess.Popen([sys.executable, "-c", SLEEP, f"{tmp_path}/other"]) as other,
    ):
        leftover.stop_leftover(str(tmp_path))

        assert not psutil.pid_exists(child.pid) or child.poll() is not None
        assert other.poll() is None
        other.kill()


def test_a_leftover_server_that_does_not_stop_is_a_one_line_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leftover, "MAX_WAIT", 0.2)
    command = [sys.executable, "-c", IGNORE + SLEEP, str(tmp_path)]

    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout
        child.stdout.readline()
        with pytest.raises(CannotRun, match=f"Process {child.pid} uses .* does not end"):
            leftover.stop_leftover(str(tmp_path))
        child.kill()
