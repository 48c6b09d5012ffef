"""Where a backend cannot do what the others do: declared once, asserted at every run.

A test named here must fail on these backends; the run is red if it passes, because then what is
said here is no longer true.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase


@dataclass(frozen=True)
class Difference:
    """Tests that fail on some backends, why, and where that is documented."""

    reason: str
    link: str
    backends: frozenset[str]
    tests: tuple[str, ...]
    """Node ids as pytest prints them; * stands for anything."""


DIFFERENCES: list[Difference] = []


def expected(backend: str, test: str) -> Difference | None:
    """The difference that says this test fails on this backend."""
    for difference in DIFFERENCES:
        if backend in difference.backends and any(_named(test, p) for p in difference.tests):
            return difference
    return None


def _named(test: str, pattern: str) -> bool:
    # The brackets of a parametrized test are not those of a shell pattern.
    return fnmatchcase(test, pattern.replace("[", "[[]"))
