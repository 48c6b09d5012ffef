"""A matrix of the backend under test, interrupted in a terminal."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
import pytest
from django.conf import settings

from tests.serving import PYTHON, ROOT, gone, start


def say(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m runner …` and return its result."""
    return subprocess.run(
        [PYTHON, "-m", "runner", *words],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
    )


def manage(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `manage.py …` on the backend under test and return its result."""
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
    )


@pytest.fixture
def temporary(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a directory for all temporary files, with a short path, because of its sockets."""
    with TemporaryDirectory() as directory:
        monkeypatch.setenv("TMPDIR", directory)
        yield Path(directory)


# The signals differ in runner/program.py only, so both are sent on one backend.
SIGNALS = [signal.SIGINT, *([signal.SIGTERM] if settings.BACKEND == "postgresql" else [])]


@pytest.mark.parametrize("number", SIGNALS)
def test_an_interrupted_matrix_leaves_no_processes_and_files(
    number: signal.Signals, temporary: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "output"
    reports = output / "logs" / f"{settings.BACKEND}.jsonl"

    monkeypatch.setenv(
        "PYTEST_ADDOPTS", "tests/test_routing.py"
    )  # collecting all tests takes seconds
    matrix = start("matrix", settings.BACKEND, "--output", str(output), output=tmp_path / "said")
    while not reports.exists() or reports.read_text().count("TestReport") < 10:
        assert matrix.poll() is None, (tmp_path / "said").read_text()
        time.sleep(0.05)
    family = psutil.Process(matrix.pid).children(recursive=True)
    matrix.send_signal(number)

    assert matrix.wait(60) == 130
    assert family
    assert gone(family)
    assert list(temporary.iterdir()) == []
