"""The cells that are not `yes` on Dolt and on DoltLite: see tests/guarantees/expected.py."""

from __future__ import annotations

from tests.guarantees.cells import DJANGO, Cell, Cells

DOCS = "https://docs.dolthub.com"
CONFLICTS = f"{DOCS}/concepts/dolt/git/conflicts"

CAPABILITIES: Cells = {
    ("Django's requirements", "ordering of permissions across relations"): Cell(
        "emulated",
        "Users and permissions are on no branch: they are in a database of their own.",
        f"{DJANGO}/topics/db/multi-db/",
    ),
    ("version control", "the sum of both changes of a number"): Cell(
        "emulated", "A merge has ours or theirs; this application adds.", CONFLICTS
    ),
    ("version control", "a preview of a merge"): Cell(
        "emulated", "This application merges, and rolls that back.", CONFLICTS
    ),
    ("version control", "a difference as SQL statements"): Cell(
        "emulated",
        "This application writes them: DoltLite's dolt_patch() fails on the type of amounts.",
        f"{DOCS}/sql-reference/version-control/dolt-sql-functions#dolt_patch",
    ),
    ("version control", "a revert of one commit"): Cell(
        "emulated",
        "This application merges: dolt_revert() makes its own commit, and at once.",
        f"{DOCS}/sql-reference/version-control/dolt-sql-procedures#dolt_revert",
    ),
}
