"""One row of the matrix while it is running: the suite on a backend, or the tools' tests."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType

from pytest import ExitCode
from tqdm import tqdm

from matrix.reports import Reports
from matrix.results import Result
from runner import compose
from runner.backends import backend
from runner.errors import ServerUnavailable
from runner.processes import running
from runner.suite import CONTAINERS, TOOLS
from settings.invocation import near

# No thread that looks after the bars: while a child is started, it would take the stop signals.
tqdm.monitor_interval = 0
PROGRESS_EVERY = 30  # seconds, where there is no terminal to draw a bar on


class Row:
    """`python -m runner test NAME` as a child, which also starts the server."""

    def __init__(self, name: str, position: int, logs: Path, *, docker: bool = False) -> None:
        self.name, self.docker = name, docker
        self.log = logs / f"{name}-tests.log"
        self.outcome = Result(name, log=near(self.log))
        self.reports = Reports(logs / f"{name}.jsonl", self.log)
        self.bar = tqdm(desc=f"{name:14}", unit="", position=position, disable=None)
        self.child: subprocess.Popen[bytes] | None = None
        self.stack = ExitStack()

    def __enter__(self) -> Row:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        for old in (self.log, self.reports.reports, self.reports.running):
            old.unlink(missing_ok=True)
        self.began = self.printed = time.monotonic()
        try:
            self._find_server()
        except ServerUnavailable as error:
            self.outcome.command = error.command
            return self
        words = [sys.executable, "-m", "runner", "test", self.name, *self._report()]
        words += ["--color=no", "-p", "matrix.pytest_plugin"]
        # It stops pytest first and then the server, each of which may take some seconds.
        self.child = self.stack.enter_context(running(words, log=self.log, max_wait=60))
        return self

    def __exit__(self, *error: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.stack.close()
        self.bar.close()

    def _report(self) -> list[str]:
        """Return the options that let pytest write its report where it is read."""
        if not self.docker or self.name in (TOOLS, CONTAINERS):
            return [f"--report-log={self.reports.reports}"]
        # Closed to others, but what is in it can be written by the user of the container.
        private = TemporaryDirectory(prefix="report-", dir=self.log.parent)
        directory = Path(self.stack.enter_context(private)).absolute() / "report"
        directory.mkdir()
        directory.chmod(0o777)
        self.reports = Reports(directory / f"{self.name}.jsonl", self.log)
        return ["--docker", f"--report={directory}", f"--report-log=/report/{self.name}.jsonl"]

    def _find_server(self) -> None:
        """Raise ServerUnavailable if it is certain that the row cannot be run."""
        if self.name == TOOLS:
            return
        if self.docker or self.name == CONTAINERS:
            if command := compose.missing():
                raise ServerUnavailable("A Docker engine", command)
        elif not backend(self.name).given_url:
            backend(self.name).provider()

    def ended(self) -> bool:
        """Return whether the row has ended; until then, show its progress."""
        self.reports.read()
        if not self.bar.disable:
            self.bar.total = self.bar.total or self.reports.selected()
            self.bar.n = len(self.reports.tests)
            self.bar.refresh()
        elif time.monotonic() - self.printed >= PROGRESS_EVERY:
            self.printed = time.monotonic()
            print(self.progress(), flush=True)
        return self.child is None or self.child.poll() is not None

    def progress(self) -> str:
        """Return the progress, e.g. "dolt: 812 of 1,450, 3 failed"."""
        selected = self.reports.selected()
        if selected is None:
            return f"{self.name}: starting"
        failed = sum(test.outcome == "failed" for test in self.reports.tests.values())
        return f"{self.name}: {len(self.reports.tests):,} of {selected:,}, {failed:,} failed"

    def result(self) -> Result:
        """Return the result, once the row has ended; print its status if there is no bar."""
        self.reports.read()
        self.reports.interrupted()
        self.outcome.tests = self.reports.tests
        self.outcome.server = self.reports.server()
        self.outcome.seconds = time.monotonic() - self.began
        if self.child and self.child.returncode == os.EX_UNAVAILABLE:
            self.outcome.command = (
                self.log.read_text(errors="replace").strip().rpartition("\n")[2].strip()
            )
        elif self.child is not None:
            # The matrix counts a skipped test as failed; pytest does not.
            failed = self.outcome.count("failed")
            self.outcome.status = "failed" if self.child.returncode or failed else "passed"
            if self.child.returncode and not failed:
                self.outcome.reason = self._why(self.child.returncode)
        if self.bar.disable:
            see = f", see {self.outcome.log}" if self.outcome.status == "failed" else ""
            print(f"{self.name}: {self.outcome.status}{see}", flush=True)
        return self.outcome

    def _why(self, code: int) -> str:
        if code == ExitCode.NO_TESTS_COLLECTED:
            return "no test was selected"
        last = self.log.read_text(errors="replace").splitlines()[-8:]
        return "\n".join([f"The suite ended with {code}:", *last])
