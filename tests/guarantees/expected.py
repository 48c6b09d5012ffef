"""What the databases do other than `yes`: the cells of the report, asserted at every run.

A test with the mark `feature` is a row of the report. If it uses the fixture `observe`, it fails on
a database that does something else than what is declared here. If it does not, its cell is `yes`,
or `no` where it is declared in tests/differences.py.
"""

from __future__ import annotations

from tests.differences import DJONGO, DJONGO_SQL, MONGODB_FEATURES
from tests.guarantees.cells import DJANGO, Cell, Cells, cell
from tests.orm.requirements.expected import REQUIREMENTS
from tests.versioning.expected import CAPABILITIES

POSTGRESQL = "postgresql postgresql_sql"
SSI = "https://www.postgresql.org/docs/18/transaction-iso.html#XACT-SERIALIZABLE"
MARIADB_LEVELS = (
    "https://mariadb.com/docs/server/reference/sql-statements/administrative-sql-statements/"
    "set-commands/set-transaction"
)
DOLT_MERGES = "https://www.dolthub.com/blog/2023-12-14-concurrent-transaction-example/"
SQLITE_BUSY = "https://www.sqlite.org/lang_transaction.html"
MONGODB_TRANSACTIONS = "https://www.mongodb.com/docs/manual/core/transactions/"
NO_FOREIGN_KEYS = "https://www.mongodb.com/docs/manual/reference/database-references/"

ONE_WRITER = cell(
    "SQLITE_BUSY, retried",
    "doltlite",
    "One transaction writes at a time; another waits for a second at its BEGIN.",
    SQLITE_BUSY,
)
SERIALIZABLE = cell(
    "40001, retried",
    POSTGRESQL,
    "SERIALIZABLE: a transaction whose result no serial order could have is refused.",
    SSI,
)
LOCKS = cell(
    "1213, retried",
    "mariadb",
    "SERIALIZABLE locks the rows that it reads: both wait for each other, a deadlock.",
    MARIADB_LEVELS,
)
WRITE_CONFLICT = cell(
    "112, retried",
    "mongodb djongo",
    "Snapshot isolation: the second of two transactions that write a document is refused.",
    MONGODB_TRANSACTIONS,
)

GUARANTEES: Cells = {
    ("isolation", "dirty read prevented"): (ONE_WRITER,),
    ("isolation", "non-repeatable read prevented"): (ONE_WRITER,),
    ("isolation", "phantom read prevented"): (ONE_WRITER,),
    ("isolation", "lost update prevented"): (
        SERIALIZABLE,
        LOCKS,
        ONE_WRITER,
        WRITE_CONFLICT,
        cell("1213, retried", "dolt", "COMMIT finds that both changed one cell.", DOLT_MERGES),
    ),
    ("isolation", "two equal concurrent writes: neither is lost"): (
        SERIALIZABLE,
        LOCKS,
        ONE_WRITER,
        WRITE_CONFLICT,
        cell(
            "no",
            "dolt",
            "COMMIT merges equal changes of a cell without a conflict: both succeed, one is lost. "
            "This application writes a random token with each.",
            DOLT_MERGES,
        ),
    ),
    ("isolation", "write skew prevented"): (
        SERIALIZABLE,
        LOCKS,
        ONE_WRITER,
        cell(
            "no",
            "dolt",
            "There is no SERIALIZABLE: changes of different rows do not conflict.",
            "https://github.com/dolthub/dolt/issues/2007",
        ),
        cell(
            "no",
            "mongodb djongo",
            "Snapshot isolation: changes of different documents do not conflict.",
            MONGODB_TRANSACTIONS,
        ),
    ),
    ("transactions", "CREATE TABLE can be rolled back"): (
        cell(
            "no",
            "mariadb",
            "CREATE TABLE commits the transaction.",
            "https://mariadb.com/docs/server/reference/sql-statements/transactions/"
            "sql-statements-that-cause-an-implicit-commit",
        ),
        cell(
            "no",
            "dolt",
            "CREATE TABLE commits the transaction, as on MySQL.",
            "https://dev.mysql.com/doc/refman/8.0/en/implicit-commit.html",
        ),
        cell("no", "mongodb", "Its migrations use no transaction.", MONGODB_FEATURES),
        cell("no", "djongo", "It creates collections outside of the transaction.", DJONGO_SQL),
    ),
    ("transactions", "foreign keys are checked at COMMIT (deferred)"): (
        cell(
            "no",
            "mariadb dolt",
            "A foreign key is checked at each statement, as on MySQL.",
            "https://dev.mysql.com/doc/refman/8.0/en/ansi-diff-foreign-keys.html",
        ),
        cell("no", "mongodb djongo", "MongoDB has no foreign keys.", NO_FOREIGN_KEYS),
    ),
    ("constraints", "UNIQUE accepts several NULLs"): (
        cell("no", "djongo", "Null counts as a value in a unique index.", DJONGO),
    ),
    ("values", "= distinguishes capitals: 'Carl' is not 'carl'"): (
        cell(
            "no",
            "dolt",
            "The collation utf8mb4_0900_ai_ci ignores case, which Django's icontains needs.",
            f"{DJANGO}/ref/databases/#collation-settings",
        ),
    ),
    ("values", "= distinguishes accents: 'é' is not 'e'"): (
        cell(
            "no",
            "dolt",
            "The collation utf8mb4_0900_ai_ci ignores accents.",
            f"{DJANGO}/ref/databases/#collation-settings",
        ),
    ),
    ("values", "ORDER BY sorts 'b' before 'C'"): (
        cell(
            "no",
            POSTGRESQL,
            "Our server's locale is C.UTF-8, the order of code points.",
            "https://www.postgresql.org/docs/18/locale.html",
        ),
        cell(
            "no",
            "mariadb",
            "The collation utf8mb4_nopad_bin is the order of code points.",
            "https://mariadb.com/docs/server/reference/data-types/string-data-types/"
            "character-sets/supported-character-sets-and-collations",
        ),
        cell(
            "no",
            "doltlite",
            "SQLite's collation BINARY is the order of bytes.",
            "https://www.sqlite.org/datatype3.html#collating_sequences",
        ),
        cell(
            "no",
            "mongodb djongo",
            "Without a collation, texts are in the order of their bytes.",
            "https://www.mongodb.com/docs/manual/reference/bson-type-comparison-order/#strings",
        ),
    ),
    ("values", "SUM of decimals keeps all digits"): (
        cell(
            "no",
            "doltlite",
            "SQLite adds decimals as floating-point numbers, of 15 digits.",
            "https://www.sqlite.org/floatingpoint.html",
        ),
    ),
    ("values", "generated keys are integers"): (
        cell(
            "no",
            "mongodb",
            "A key is an ObjectId, made by the application's process.",
            "https://www.mongodb.com/docs/manual/reference/bson-types/#objectid",
        ),
    ),
    ("queries", "SELECT FOR UPDATE locks a row"): (
        cell(
            "emulated",
            "doltlite",
            "Django leaves FOR UPDATE out; a transaction of the application locks the whole file.",
            SQLITE_BUSY,
        ),
        cell(
            "no",
            "dolt",
            "Dolt ignores FOR UPDATE, so the engine leaves it out.",
            "https://www.dolthub.com/blog/2023-10-23-hold-my-beer/",
        ),
        cell("no", "mongodb djongo", "A read locks nothing.", MONGODB_TRANSACTIONS),
    ),
}

EXPECTED: Cells = {**GUARANTEES, **REQUIREMENTS, **CAPABILITIES}


def declared(group: str, name: str, backend: str) -> Cell:
    """Return what a backend does in this row: `yes` if nothing is declared."""
    cells = EXPECTED.get((group, name), ())
    return next((each for each in cells if backend in each.backends), Cell())
