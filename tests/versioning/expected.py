"""What is not `yes` in the rows of version control: see tests/guarantees/expected.py."""

from __future__ import annotations

from tests.guarantees.cells import Cells, cell

BOTH = "dolt doltlite"
DOCS = "https://docs.dolthub.com"
CONFLICTS = f"{DOCS}/concepts/dolt/git/conflicts"

CAPABILITIES: Cells = {
    ("version control", "the sum of both changes of a number"): (
        cell("emulated", BOTH, "A merge has ours or theirs; this application adds.", CONFLICTS),
    ),
    ("version control", "a preview of a merge"): (
        cell("emulated", BOTH, "This application merges, and rolls that back.", CONFLICTS),
    ),
    ("version control", "reads as of a commit or a tag"): (
        cell(
            "emulated",
            "doltlite",
            "Temporary views show the tables of the commit.",
            "https://github.com/dolthub/doltlite",
        ),
    ),
    ("version control", "a difference as SQL statements"): (
        cell(
            "emulated",
            BOTH,
            "This application writes them: DoltLite's dolt_patch() fails on the type of amounts.",
            f"{DOCS}/sql-reference/version-control/dolt-sql-functions#dolt_patch",
        ),
    ),
    ("version control", "a revert of one commit"): (
        cell(
            "emulated",
            BOTH,
            "This application merges: dolt_revert() makes its own commit, and at once.",
            f"{DOCS}/sql-reference/version-control/dolt-sql-procedures#dolt_revert",
        ),
    ),
}
