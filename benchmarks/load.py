"""Load on one peer, made and timed by wrk."""

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
WRK = ("wrk", "--connections=8", "--threads=2", "--timeout=30s", f"--script={SCRIPT}")
ERRORS = ("connect", "read", "write", "status", "timeout")


@dataclass(frozen=True)
class Speed:
    """Requests per second, and the milliseconds that half and all but 1 % of them took at most."""

    rps: float
    p50_ms: float
    p99_ms: float


def require_wrk() -> None:
    if not shutil.which("wrk"):
        raise WrkMissing


@contextmanager
def request_file(requests: Iterable[Request]) -> Iterator[Path]:
    """The requests as load.lua reads them."""
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "requests"
        file.write_text("".join(f"{' '.join(request).strip()}\n" for request in requests))
        yield file


def load(server: Server, requests: Path, *, seconds: int) -> Speed:
    """Ask for so long and return how fast the answers came. Raises LoadFailed on any error."""
    command = [*WRK, f"--duration={seconds}s", server.url, "--", str(requests)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    result = [line for line in run.stdout.splitlines() if line.startswith("RESULT ")]
    if run.returncode or not result:
        raise LoadFailed(f"wrk failed on {server.name}: {run.stdout}{run.stderr}")
    count, microseconds, p50, p99, *errors = map(int, result[0].split()[1:])
    if any(errors) or not count:
        kinds = ", ".join(f"{number} {kind}" for kind, number in zip(ERRORS, errors, strict=True))
        raise LoadFailed(str(server.failed(f"gave errors in {count} requests: {kinds}")))
    return Speed(count / microseconds * 1e6, p50 / 1e3, p99 / 1e3)


def middle(speeds: Sequence[Speed]) -> Speed:
    """The median of each figure: one disturbed round does not show."""
    return Speed(
        median(speed.rps for speed in speeds),
        median(speed.p50_ms for speed in speeds),
        median(speed.p99_ms for speed in speeds),
    )
