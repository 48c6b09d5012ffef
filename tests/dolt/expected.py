"""The cells of Dolt that are not `yes`: see tests/guarantees/expected.py."""

from __future__ import annotations

from tests.guarantees.cells import DJANGO, EMULATED_UUID, Cell, Cells
from tests.versioning.expected import CAPABILITIES

MERGES = "https://www.dolthub.com/blog/2023-12-14-concurrent-transaction-example/"
COLLATION = f"{DJANGO}/ref/databases/#collation-settings"

CELLS: Cells = CAPABILITIES | {
    ("isolation", "lost update prevented: they write different values"): Cell(
        "1213, retried", "COMMIT finds that both changed one cell.", MERGES
    ),
    ("isolation", "lost update prevented: both write the same value"): Cell(
        "no",
        "COMMIT merges equal changes of a cell without a conflict: both succeed, one is lost. "
        "This application writes a random token with each.",
        MERGES,
    ),
    ("isolation", "write skew prevented"): Cell(
        "no",
        "There is no SERIALIZABLE: changes of different rows do not conflict.",
        "https://github.com/dolthub/dolt/issues/2007",
    ),
    ("transactions", "CREATE TABLE can be rolled back"): Cell(
        "no",
        "CREATE TABLE commits the transaction, as on MySQL.",
        "https://dev.mysql.com/doc/refman/8.0/en/implicit-commit.html",
    ),
    ("transactions", "foreign keys are checked at COMMIT (deferred)"): Cell(
        "no",
        "A foreign key is checked at each statement, as on MySQL.",
        "https://dev.mysql.com/doc/refman/8.0/en/ansi-diff-foreign-keys.html",
    ),
    ("values", "= distinguishes capitals: 'Carl' is not 'carl'"): Cell(
        "no",
        "The collation utf8mb4_0900_ai_ci ignores case, which Django's icontains needs.",
        COLLATION,
    ),
    ("values", "= distinguishes accents: 'é' is not 'e'"): Cell(
        "no", "The collation utf8mb4_0900_ai_ci ignores accents.", COLLATION
    ),
    ("queries", "SELECT FOR UPDATE locks a row"): Cell(
        "no",
        "Dolt ignores FOR UPDATE, so the engine leaves it out.",
        "https://www.dolthub.com/blog/2023-10-23-hold-my-beer/",
    ),
    ("Django's requirements", "password-reset links with non-integer keys"): EMULATED_UUID,
}
