"""What can go wrong in a benchmark: each is one sentence for the person who ran it."""

from __future__ import annotations


class BenchmarkError(Exception):
    """The benchmark could not be finished; nothing was written."""

    def __str__(self) -> str:
        return super().__str__() or self.__doc__ or ""


class WrkMissing(BenchmarkError):
    """`wrk` is not on PATH, and it makes the load: apt install wrk"""


class PeerFailed(BenchmarkError):
    """A peer did not start, or ended while it was needed."""


class DifferentAnswers(BenchmarkError):
    """Two peers answer the same request differently, so their speeds cannot be compared."""


class LoadFailed(BenchmarkError):
    """A peer answered with errors under load, so its speed means nothing."""
