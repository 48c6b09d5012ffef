"""The cells of CockroachDB that are not `yes`: none, because it has not been run here."""

from __future__ import annotations

from tests.guarantees.cells import Cells

CELLS: Cells = {}
