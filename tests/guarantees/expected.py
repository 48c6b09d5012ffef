"""What the databases do other than `yes`: the cells of the report, asserted at every run.

A test with the mark `feature` is a row of the report. If it uses the fixture `observe`, it fails on
a database that does something else than what is declared: here for all backends, or in
tests/NAME/expected.py for one. If it does not use it, its cell is `yes`, or `no` where it is
declared in tests/differences.py.
"""

from __future__ import annotations

from importlib import import_module

from tests.guarantees.cells import DJANGO, Cell, Cells

REQUIREMENTS = "Django's requirements"

EVERYWHERE: Cells = {
    (REQUIREMENTS, "string keys"): Cell(
        "emulated",
        "A generated key is an integer; Django converts the string.",
        f"{DJANGO}/ref/settings/#default-auto-field",
    ),
    (REQUIREMENTS, "sets"): Cell(
        "emulated",
        "A field of this application stores a sorted list.",
        f"{DJANGO}/howto/custom-model-fields/",
    ),
    (REQUIREMENTS, "serialization of many-to-many"): Cell(
        "emulated",
        "The related keys are read from a table of their own.",
        f"{DJANGO}/topics/db/examples/many_to_many/",
    ),
    (REQUIREMENTS, "multi-table inheritance"): Cell(
        "emulated",
        "Parent and child are saved by one statement each.",
        f"{DJANGO}/topics/db/models/#multi-table-inheritance",
    ),
}


def declared(group: str, name: str, backend: str) -> Cell:
    """Return what a backend does in this row: `yes` if nothing is declared."""
    cells: Cells = EVERYWHERE | import_module(f"tests.{backend}.expected").CELLS
    return cells.get((group, name), Cell())
