"""Errors of a benchmark run; each message is one sentence for the user."""

from __future__ import annotations

from runner.errors import CannotRun


class BenchmarkError(CannotRun):
    """The benchmark could not be finished; nothing was written."""

    def __str__(self) -> str:
        return super().__str__() or self.__doc__ or ""


class WrkMissing(BenchmarkError):
    """`wrk`, which generates the load, is not on PATH: apt install wrk"""


class PeerFailed(BenchmarkError):
    """A peer did not start, or exited during the benchmark."""


class DifferentAnswers(BenchmarkError):
    """Two peers answer the same request differently, so their speeds cannot be compared."""


class LoadFailed(BenchmarkError):
    """A peer returned errors under load, so its speed is not valid."""
