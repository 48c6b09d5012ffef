"""What is not `yes` in the rows of Django's requirements: see tests/guarantees/expected.py."""

from __future__ import annotations

from settings import NAMES
from tests.differences import DJONGO, DJONGO_SQL, MONGODB_FEATURES
from tests.guarantees.cells import DJANGO, Cells, cell

ALL = " ".join(NAMES)
VERSIONED = "dolt doltlite"

REQUIREMENTS: Cells = {
    ("Django's requirements", "string keys"): (
        cell(
            "emulated",
            "postgresql postgresql_sql cockroachdb dolt doltlite mariadb djongo",
            "A generated key is an integer; Django converts the string.",
            f"{DJANGO}/ref/settings/#default-auto-field",
        ),
    ),
    ("Django's requirements", "upsert"): (
        cell("emulated", "djongo", "Djongo cannot parse ON CONFLICT.", DJONGO_SQL),
        cell("emulated", "mongodb", "save() updates the row, then inserts it.", MONGODB_FEATURES),
    ),
    ("Django's requirements", "bounded count"): (
        cell("emulated", "djongo", "The rows are counted in Python.", DJONGO_SQL),
    ),
    ("Django's requirements", "ordering of permissions across relations"): (
        cell(
            "emulated",
            VERSIONED,
            "Users and permissions are on no branch: they are in a database of their own.",
            f"{DJANGO}/topics/db/multi-db/",
        ),
    ),
    ("Django's requirements", "password-reset links with non-integer keys"): (
        cell(
            "emulated",
            "dolt doltlite mariadb djongo",
            "A UUID is read as a text; Django converts it.",
            f"{DJANGO}/ref/models/fields/#uuidfield",
        ),
    ),
    **{
        ("Django's requirements", name): (
            cell("emulated", "djongo", "JSON is stored as a text.", DJONGO),
        )
        for name in ("lists", "nested documents", "embedded models")
    },
    ("Django's requirements", "sets"): (
        cell("emulated", ALL, "A field of this application makes a sorted list of it.", DJANGO),
    ),
    ("Django's requirements", "serialization of many-to-many"): (
        cell(
            "emulated",
            ALL,
            "The related keys are read from a table of their own.",
            f"{DJANGO}/topics/db/examples/many_to_many/",
        ),
    ),
    ("Django's requirements", "multi-table inheritance"): (
        cell(
            "emulated",
            ALL,
            "Parent and child are saved by one statement each.",
            f"{DJANGO}/topics/db/models/#multi-table-inheritance",
        ),
    ),
}
