"""Puts load on one peer with wrk and measures its speed."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.errors import LoadFailed, WrkMissing
from benchmarks.running import Server
from benchmarks.works import Request

SCRIPT = Path(__file__).with_name("load.lua")
CONNECTIONS = 8  # of wrk, unless another number is given
WRK = ("wrk", "--threads=2", "--timeout=30s", f"--script={SCRIPT}")
ENOUGH = 32  # responses; fewer say little, because wrk does not count those that it cancels
LONGEST = 60  # seconds
ERRORS = ("connect", "read", "write", "status", "timeout")


@dataclass(frozen=True)
class Speed:
    """Requests per second, and the 50th and 99th percentile of their time in milliseconds."""

    rps: float
    p50_ms: float
    p99_ms: float


def require_wrk() -> None:
    if not shutil.which("wrk"):
        raise WrkMissing


@contextmanager
def request_file(requests: Iterable[Request]) -> Iterator[Path]:
    """Yield a temporary file with the requests in the format of load.lua."""
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "requests"
        file.write_text("".join(f"{' '.join(request).strip()}\n" for request in requests))
        yield file


def load(server: Server, requests: Path, *, seconds: int, connections: int = CONNECTIONS) -> Speed:
    """Send requests for this time and return the speed. Raises LoadFailed on any error.

    If fewer than ENOUGH are answered, repeat this for four times as long, at most LONGEST.
    """
    numbers = [f"--duration={seconds}s", f"--connections={connections}"]
    command = [*WRK, *numbers, server.url, "--", str(requests)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    result = [line for line in run.stdout.splitlines() if line.startswith("RESULT ")]
    if run.returncode or not result:
        raise LoadFailed(f"wrk failed on {server.name}: {run.stdout}{run.stderr}")
    count, microseconds, p50, p99, *errors = map(int, result[0].split()[1:])
    if count < ENOUGH and seconds < LONGEST and not any(errors):
        longer = min(4 * seconds, LONGEST)
        return load(server, requests, seconds=longer, connections=connections)
    if not count and not any(errors):
        raise LoadFailed(str(server.failed(f"answered no request in {seconds} s")))
    if any(errors):
        kinds = ", ".join(f"{number} {kind}" for kind, number in zip(ERRORS, errors, strict=True))
        raise LoadFailed(str(server.failed(f"returned errors in {count} requests: {kinds}")))
    return Speed(count / microseconds * 1e6, p50 / 1e3, p99 / 1e3)


def middle(speeds: Sequence[Speed]) -> Speed:
    """Return the median of each figure, which ignores a single disturbed round."""
    return Speed(
        median(speed.rps for speed in speeds),
        median(speed.p50_ms for speed in speeds),
        median(speed.p99_ms for speed in speeds),
    )
