"""The cells of Djongo that are not `yes`: see tests/guarantees/expected.py."""

from __future__ import annotations

from tests.differences import DJONGO, DJONGO_SQL
from tests.guarantees.cells import EMULATED_UUID, Cell, Cells
from tests.mongodb.expected import OF_THE_SERVER

JSON = Cell("emulated", "JSON is stored as a text.", f"{DJONGO}/blob/master/djongo/base.py")

CELLS: Cells = OF_THE_SERVER | {
    ("transactions", "CREATE TABLE can be rolled back"): Cell(
        "no", "It creates collections outside of the transaction.", DJONGO_SQL
    ),
    ("constraints", "UNIQUE accepts several NULLs"): Cell(
        "no",
        "Null counts as a value in a unique index.",
        "https://www.mongodb.com/docs/manual/core/index-unique/",
    ),
    ("Django's requirements", "upsert"): Cell(
        "emulated", "Djongo cannot parse ON CONFLICT.", DJONGO_SQL
    ),
    ("Django's requirements", "bounded count"): Cell(
        "emulated", "The rows are counted in Python.", DJONGO_SQL
    ),
    ("Django's requirements", "password-reset links with non-integer keys"): EMULATED_UUID,
    ("Django's requirements", "lists"): JSON,
    ("Django's requirements", "nested documents"): JSON,
    ("Django's requirements", "embedded models"): JSON,
}
