"""The declared differences between the backends, asserted at every run.

A test named here must fail on these backends (a strict expected failure). If it passes, the run
fails, because the declaration is no longer true.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase


@dataclass(frozen=True)
class Difference:
    """Tests that fail on some backends, the reason, and a link to its documentation."""

    reason: str
    link: str
    backends: frozenset[str]
    tests: tuple[str, ...]
    """Node ids as pytest prints them; * matches any text."""


MONGODB_LIMITS = (
    "https://github.com/mongodb/django-mongodb-backend/blob/5.2.x/docs/topics/known-issues.rst"
)
MONGODB_FEATURES = (
    "https://github.com/mongodb/django-mongodb-backend/"
    "blob/5.2.x/django_mongodb_backend/features.py"
)

DJONGO = "https://github.com/doableware/djongo"
DJONGO_SQL = f"{DJONGO}/tree/master/djongo/sql2mongo"

DIFFERENCES: list[Difference] = [
    Difference(
        "Dolt merges two transactions cell by cell, and sees no conflict if both write the same "
        "value: both sell the last piece.",
        "https://www.dolthub.com/blog/2023-12-14-concurrent-transaction-example/",
        frozenset({"dolt"}),
        (
            "tests/pages/test_sessions.py::test_no_update_is_lost",
            "tests/pages/test_storm.py"
            "::test_reading_and_then_writing_with_retries_sells_no_piece_twice",
        ),
    ),
    Difference(
        "Transactions read a snapshot and compare only what was written, so that write skew is "
        "possible.",
        "https://www.mongodb.com/docs/manual/core/transactions/#transactions-and-read-concern",
        frozenset({"dolt", "mongodb", "djongo"}),
        ("tests/pages/test_sessions.py::test_write_skew_is_refused",),
    ),
    Difference(
        "dolt_diff() compares texts by the column's collation: a row of which only capitals have "
        "changed is not in it.",
        "https://docs.dolthub.com/sql-reference/version-control/dolt-sql-functions#dolt_diff",
        frozenset({"dolt"}),
        ("tests/versioning/test_diffs.py::test_a_change_of_capitals_is_shown",),
    ),
    Difference(
        "bulk_create() sets no keys: RETURNING may return the result of a CHECK instead of a key.",
        "https://github.com/dolthub/go-mysql-server/blob/main/sql/plan/insert.go",
        frozenset({"dolt"}),
        (
            "tests/orm/*::test_bulk_create_sets_primary_keys",
            "tests/guarantees/test_queries.py::test_an_insert_returns_a_column_of_its_row",
        ),
    ),
    Difference(
        "DISTINCT with ORDER BY a computed column fails: it looks for the column in another row.",
        "https://github.com/dolthub/dolt/issues/11504",
        frozenset({"dolt"}),
        ("tests/orm/*::test_dates_returns_each_month_once",),
    ),
    Difference(
        "A transaction that writes excludes all other changes, the deletion of a branch too.",
        "https://www.sqlite.org/lang_transaction.html",
        frozenset({"doltlite"}),
        (
            "tests/versioning/test_requests.py"
            "::test_a_branch_that_is_deleted_during_a_transaction_is_a_404",
        ),
    ),
    Difference(
        "A commit has the second of its time, without milliseconds.",
        "https://github.com/dolthub/doltlite",
        frozenset({"doltlite"}),
        ("tests/versioning/test_capabilities.py::test_the_data_is_read_as_of_a_moment",),
    ),
    Difference(
        "The schema is changed by SQL patches: Django's migrations are off.",
        "https://docs.djangoproject.com/en/5.2/ref/settings/#migration-modules",
        frozenset({"postgresql_sql"}),
        (
            "tests/test_idempotency.py"
            "::test_an_answer_that_was_stored_before_compression_is_still_replayed",
        ),
    ),
    Difference(
        "An insert can neither ignore nor update existing rows.",
        MONGODB_FEATURES,
        frozenset({"mongodb"}),
        (
            "tests/orm/*::test_bulk_create_ignores_conflicts",
            "tests/orm/*::test_bulk_create_updates_on_conflict",
        ),
    ),
    Difference(
        "prefetch_related() cannot be used for many-to-many.",
        MONGODB_LIMITS,
        frozenset({"mongodb"}),
        ("tests/orm/*::test_prefetch_related_reads_many_to_many_in_one_more_query",),
    ),
    Difference(
        "update() cannot be used for two collections, such as a parent's and a child's.",
        MONGODB_LIMITS,
        frozenset({"mongodb"}),
        ("tests/orm/*::test_updating_and_deleting_a_child_changes_the_row_of_its_parent",),
    ),
    Difference(
        "Django's atomic() begins no transaction.",
        "https://github.com/mongodb/django-mongodb-backend/issues/268",
        frozenset({"mongodb"}),
        (
            "tests/orm/*::test_an_error_rolls_back_the_block",
            "tests/orm/*::test_an_error_in_an_inner_block_rolls_back_only_the_inner_block",
        ),
    ),
    Difference(
        "MongoDB has no CHECK constraints.",
        MONGODB_FEATURES,
        frozenset({"mongodb"}),
        (
            "tests/orm/*::test_a_violated_check_constraint_is_refused",
            "tests/test_constraints.py::test_the_database_names_a_violated_check*",
            "tests/test_constraints.py::test_a_violated_check_is_a_409_that_names_it",
            "tests/test_writes.py::test_an_error_names_its_constraint",
            "tests/test_writes.py::test_an_error_of_an_update_names_its_constraint",
        ),
    ),
    Difference(
        "MongoDB has no foreign keys.",
        "https://www.mongodb.com/docs/manual/reference/database-references/",
        frozenset({"mongodb", "djongo"}),
        ("tests/orm/*::test_a_foreign_key_to_a_deleted_row_is_refused",),
    ),
    Difference(
        "MongoDB has no SQL.",
        MONGODB_LIMITS,
        frozenset({"mongodb"}),
        (
            "tests/orm/*::test_raw_sql_counts_rows",
            "tests/guarantees/test_queries.py::test_an_insert_returns_a_column_of_its_row",
        ),
    ),
    Difference(
        "A datetime has milliseconds, not microseconds.",
        "https://www.mongodb.com/docs/manual/reference/bson-types/#date",
        frozenset({"mongodb", "djongo"}),
        ("tests/orm/*::test_a_datetime_keeps_its_microseconds",),
    ),
    Difference(
        "Djongo cannot parse CHECK, so no CHECK constraint is created.",
        f"{DJONGO}/issues/275",
        frozenset({"djongo"}),
        (
            "tests/orm/*::test_a_violated_check_constraint_is_refused",
            "tests/test_constraints.py::test_the_database_names_a_violated_check*",
            "tests/test_constraints.py::test_a_violated_check_is_a_409_that_names_it",
            "tests/test_writes.py::test_an_error_names_its_constraint",
            "tests/test_writes.py::test_an_error_of_an_update_names_its_constraint",
        ),
    ),
    Difference(
        "Djongo cannot parse RETURNING.",
        DJONGO_SQL,
        frozenset({"djongo"}),
        ("tests/guarantees/test_queries.py::test_an_insert_returns_a_column_of_its_row",),
    ),
    Difference(
        "Djongo cannot parse UNION.",
        DJONGO_SQL,
        frozenset({"djongo"}),
        ("tests/orm/*::test_union_combines_two_queries",),
    ),
    Difference(
        "Djongo cannot parse ON CONFLICT: an insert can neither ignore nor update existing rows.",
        DJONGO_SQL,
        frozenset({"djongo"}),
        (
            "tests/orm/*::test_bulk_create_ignores_conflicts",
            "tests/orm/*::test_bulk_create_updates_on_conflict",
        ),
    ),
    Difference(
        "Djongo stores Django's JSONField as a text, so its members cannot be queried.",
        f"{DJONGO}/blob/master/djongo/base.py",
        frozenset({"djongo"}),
        ("tests/orm/*::test_a_json_document_is_filtered_by_a_nested_key",),
    ),
    Difference(
        "MongoDB has no savepoints: the error of an inner block ends the outer one.",
        "https://www.mongodb.com/docs/manual/core/transactions/",
        frozenset({"djongo"}),
        ("tests/orm/*::test_an_error_in_an_inner_block_rolls_back_only_the_inner_block",),
    ),
]


def expected(backend: str, test: str) -> Difference | None:
    """Return the difference by which this test fails on this backend, or None."""
    for difference in DIFFERENCES:
        if backend in difference.backends and any(_named(test, p) for p in difference.tests):
            return difference
    return None


def _named(test: str, pattern: str) -> bool:
    # The brackets of a parametrized test are not a character class.
    return fnmatchcase(test, pattern.replace("[", "[[]"))
