"""The cells of MongoDB that are not `yes`: see tests/guarantees/expected.py."""

from __future__ import annotations

from tests.differences import MONGODB_FEATURES
from tests.guarantees.cells import Cell, Cells

DOCS = "https://www.mongodb.com/docs/manual"
WRITE_CONFLICT = Cell(
    "112, retried",
    "Snapshot isolation: the second of two transactions that write a document is refused.",
    f"{DOCS}/core/transactions/",
)

OF_THE_SERVER: Cells = {
    ("isolation", "lost update prevented: they write different values"): WRITE_CONFLICT,
    ("isolation", "lost update prevented: both write the same value"): WRITE_CONFLICT,
    ("isolation", "write skew prevented"): Cell(
        "no",
        "Snapshot isolation: changes of different documents do not conflict.",
        f"{DOCS}/core/transactions/",
    ),
    ("transactions", "foreign keys are checked at COMMIT (deferred)"): Cell(
        "no", "MongoDB has no foreign keys.", f"{DOCS}/reference/database-references/"
    ),
    ("values", "ORDER BY sorts 'b' before 'C'"): Cell(
        "no",
        "Without a collation, texts are in the order of their bytes.",
        f"{DOCS}/reference/bson-type-comparison-order/#strings",
    ),
    ("queries", "SELECT FOR UPDATE locks a row"): Cell(
        "no", "A read locks nothing.", f"{DOCS}/core/transactions/"
    ),
}
"""What is the same through Djongo."""

CELLS: Cells = OF_THE_SERVER | {
    ("transactions", "CREATE TABLE can be rolled back"): Cell(
        "no", "Its migrations use no transaction.", MONGODB_FEATURES
    ),
    ("values", "generated keys are integers"): Cell(
        "no",
        "A key is an ObjectId, made by the application's process.",
        f"{DOCS}/reference/bson-types/#objectid",
    ),
    ("Django's requirements", "string keys"): Cell(),
    ("Django's requirements", "upsert"): Cell(
        "emulated", "save() updates the row, then inserts it.", MONGODB_FEATURES
    ),
}
