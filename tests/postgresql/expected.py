"""The cells of PostgreSQL that are not `yes`: see tests/guarantees/expected.py."""

from __future__ import annotations

from tests.guarantees.cells import Cell, Cells

SERIALIZABLE = Cell(
    "40001, retried",
    "SERIALIZABLE: a transaction whose result no serial order could have is refused.",
    "https://www.postgresql.org/docs/18/transaction-iso.html#XACT-SERIALIZABLE",
)

CELLS: Cells = {
    ("isolation", "lost update prevented: they write different values"): SERIALIZABLE,
    ("isolation", "lost update prevented: both write the same value"): SERIALIZABLE,
    ("isolation", "write skew prevented"): SERIALIZABLE,
    ("values", "ORDER BY sorts 'b' before 'C'"): Cell(
        "no",
        "Our server's locale is C.UTF-8, the order of code points.",
        "https://www.postgresql.org/docs/18/locale.html",
    ),
}
