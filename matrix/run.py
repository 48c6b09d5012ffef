"""`make matrix`: the shared suite on every backend, and one table that says what happened."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

from tqdm import tqdm

from matrix.report import write
from matrix.results import Reports, Result, totals
from runner.backend import Backend
from runner.errors import ServerUnavailable
from runner.processes import running


def matrix(chosen: Sequence[Backend], required: Sequence[str], output: Path) -> int:
    """Run the suite on each, as many at once as there are cores; 1 if one failed or is missing.

    The table is printed, and matrix.json, .md and .html are in `output`, logs beside them.
    """
    results: list[Result] = []
    with ExitStack() as stack:
        waiting = list(enumerate(chosen))
        runs: list[Run] = []
        while waiting or runs:
            while waiting and len(runs) < (os.cpu_count() or 1):
                # The last first: those that take longest, so that none of them is left alone.
                position, backend = waiting.pop()
                runs.append(stack.enter_context(Run(backend, position, output / "logs")))
            for run in [run for run in runs if run.ended()]:
                runs.remove(run)
                results.append(run.result())
            time.sleep(0.1)
    results.sort(key=lambda result: [each.name for each in chosen].index(result.name))
    for text in write(results, output):
        print(text)
    return verdict(results, required)


class Run:
    """The suite on one backend, in a process of its own that also starts its server."""

    def __init__(self, backend: Backend, position: int, logs: Path) -> None:
        self.backend = backend
        self.outcome = Result(backend.name)
        self.log = logs / f"{backend.name}-tests.log"
        self.reports = Reports(logs / f"{backend.name}.jsonl", self.log)
        self.bar = tqdm(desc=f"{backend.name:12}", unit="", position=position, disable=None)
        self.child: subprocess.Popen[bytes] | None = None
        self.stack = ExitStack()

    def __enter__(self) -> Run:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        for old in (self.log, self.reports.reports, self.reports.running):
            old.unlink(missing_ok=True)
        self.began = time.monotonic()
        try:
            if not self.backend.given_url:
                self.backend.provider()
        except ServerUnavailable as error:
            self.outcome.command = error.command
            return self
        words = [sys.executable, "-m", "runner", "test", self.backend.name]
        words += ["--color=no", f"--report-log={self.reports.reports}"]
        words += ["-p", "matrix.interrupted"]
        # Patience: it stops pytest and then a server, each of which may take its time.
        self.child = self.stack.enter_context(running(words, log=self.log, patience=60))
        return self

    def __exit__(self, *error: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.stack.close()
        self.bar.close()

    def ended(self) -> bool:
        """Whether it has; until then, shows how far it is."""
        self.reports.read()
        self.bar.total = self.reports.collected()
        self.bar.n = len(self.reports.tests)
        self.bar.refresh()
        return self.child is None or self.child.poll() is not None

    def result(self) -> Result:
        """What came out, once it has ended; said in a line where no bar is shown."""
        self.reports.read()
        self.reports.interrupted()
        self.outcome.tests = self.reports.tests
        self.outcome.server = self.reports.server()
        self.outcome.seconds = time.monotonic() - self.began
        if self.child is not None:
            # A skipped test is a failed one here, and no failure to pytest.
            failed = self.outcome.count("failed")
            self.outcome.status = "failed" if self.child.returncode or failed else "passed"
            if self.child.returncode and not failed:
                self.outcome.reason = "\n".join(self._last_lines())
        if self.bar.disable:
            print(f"{self.backend.name}: {self.outcome.status}", flush=True)
        return self.outcome

    def _last_lines(self) -> Iterator[str]:
        yield f"The suite ended with {self.child.returncode if self.child else None}:"
        yield from self.log.read_text(errors="replace").splitlines()[-8:]


def verdict(results: Sequence[Result], required: Sequence[str]) -> int:
    """Say what was required and not run, then the sums; the exit code."""
    reached = {result.name for result in results if result.status != "not-run"}
    missing = [name for name in required if name not in reached]
    if missing:
        print(f"required, but not run: {', '.join(missing)}")
    red = [result.name for result in results if result.status == "failed"]
    # The last line is the one that CI reads.
    counts = totals(results)
    print(f"{counts['passed'] + counts['expected']} passed, {counts['failed']} failed")
    return 1 if red or missing or not reached else 0
