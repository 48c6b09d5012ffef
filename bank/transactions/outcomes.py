"""How the transactions of this process ended."""

from __future__ import annotations

import threading
from collections import Counter


class Outcomes:
    """Counts this process's transactions: committed, retried, refused, ambiguous. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter(committed=0, retried=0, refused=0, ambiguous=0)

    def count(self, outcome: str) -> None:
        """Add one to the count of this outcome."""
        with self._lock:
            self._counts[outcome] += 1

    def snapshot(self) -> dict[str, int]:
        """Return a copy of the counts by outcome."""
        with self._lock:
            return dict(self._counts)


outcomes = Outcomes()
