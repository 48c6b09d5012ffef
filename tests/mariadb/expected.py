"""The cells of MariaDB that are not `yes`: see tests/guarantees/expected.py."""

from __future__ import annotations

from tests.guarantees.cells import EMULATED_UUID, Cell, Cells

DOCS = "https://mariadb.com/docs/server/reference"
LOCKS = Cell(
    "1213, retried",
    "SERIALIZABLE locks the rows that it reads: both wait for each other, a deadlock.",
    f"{DOCS}/sql-statements/administrative-sql-statements/set-commands/set-transaction",
)

CELLS: Cells = {
    ("isolation", "lost update prevented: they write different values"): LOCKS,
    ("isolation", "lost update prevented: both write the same value"): LOCKS,
    ("isolation", "write skew prevented"): LOCKS,
    ("transactions", "CREATE TABLE can be rolled back"): Cell(
        "no",
        "CREATE TABLE commits the transaction.",
        f"{DOCS}/sql-statements/transactions/sql-statements-that-cause-an-implicit-commit",
    ),
    ("transactions", "foreign keys are checked at COMMIT (deferred)"): Cell(
        "no",
        "A foreign key is checked at each statement, as on MySQL.",
        "https://dev.mysql.com/doc/refman/8.0/en/ansi-diff-foreign-keys.html",
    ),
    ("values", "ORDER BY sorts 'b' before 'C'"): Cell(
        "no",
        "The collation utf8mb4_nopad_bin is the order of code points.",
        f"{DOCS}/data-types/string-data-types/character-sets/"
        "supported-character-sets-and-collations",
    ),
    ("Django's requirements", "password-reset links with non-integer keys"): EMULATED_UUID,
}
