"""The cells of DoltLite that are not `yes`: see tests/guarantees/expected.py."""

from __future__ import annotations

from tests.guarantees.cells import EMULATED_UUID, Cell, Cells
from tests.versioning.expected import CAPABILITIES

TRANSACTIONS = "https://www.sqlite.org/lang_transaction.html"
ONE_WRITER = Cell(
    "SQLITE_BUSY, retried",
    "One transaction writes at a time; another waits for a second at its BEGIN.",
    TRANSACTIONS,
)

CELLS: Cells = CAPABILITIES | {
    ("isolation", "dirty read prevented"): ONE_WRITER,
    ("isolation", "non-repeatable read prevented"): ONE_WRITER,
    ("isolation", "phantom read prevented"): ONE_WRITER,
    ("isolation", "lost update prevented: they write different values"): ONE_WRITER,
    ("isolation", "lost update prevented: both write the same value"): ONE_WRITER,
    ("isolation", "write skew prevented"): ONE_WRITER,
    ("values", "ORDER BY sorts 'b' before 'C'"): Cell(
        "no",
        "SQLite's collation BINARY is the order of bytes.",
        "https://www.sqlite.org/datatype3.html#collating_sequences",
    ),
    ("values", "SUM of decimals keeps all digits"): Cell(
        "no",
        "SQLite adds decimals as floating-point numbers, of 15 digits.",
        "https://www.sqlite.org/floatingpoint.html",
    ),
    ("queries", "SELECT FOR UPDATE locks a row"): Cell(
        "emulated",
        "Django leaves FOR UPDATE out; a transaction of the application locks the whole file.",
        TRANSACTIONS,
    ),
    ("Django's requirements", "password-reset links with non-integer keys"): EMULATED_UUID,
    ("version control", "reads as of a commit or a tag"): Cell(
        "emulated",
        "Temporary views show the tables of the commit.",
        "https://github.com/dolthub/doltlite",
    ),
}
