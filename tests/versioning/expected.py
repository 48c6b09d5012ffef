"""What is not `yes` in the rows of version control: see tests/guarantees/expected.py."""

from __future__ import annotations

from tests.guarantees.cells import Cells, cell

BOTH = "dolt doltlite"
CONFLICTS = "https://docs.dolthub.com/concepts/dolt/git/conflicts"
DIFF = "https://docs.dolthub.com/sql-reference/version-control/dolt-sql-functions#dolt_diff"

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
        cell("emulated", BOTH, "This application writes them from dolt_diff().", DIFF),
    ),
    ("version control", "a revert of one commit"): (
        cell(
            "emulated",
            BOTH,
            "This application writes the rows as they were before the commit.",
            DIFF,
        ),
    ),
}
