"""Under READ COMMITTED the tests of the guarantees see what SERIALIZABLE prevents."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import IsolationLevel

from tests.guarantees import test_isolation as guarantees
from tests.orm.models import Tag

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("guarantee", "cell"),
    [
        (guarantees.test_a_change_is_not_read_before_it_is_committed, "yes"),
        (guarantees.test_a_transaction_reads_a_row_twice_and_finds_the_same, "no"),
        (guarantees.test_a_transaction_counts_rows_twice_and_finds_as_many, "no"),
        (guarantees.test_two_transactions_change_what_both_have_read, "no"),
        (guarantees.test_two_transactions_write_the_same_value, "no"),
        (guarantees.test_two_transactions_each_rely_on_what_the_other_changes, "no"),
    ],
)
def test_a_weaker_level_changes_the_cells_of_isolation(
    guarantee: Callable[..., None], cell: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    weaker: dict[str, Any] = {"isolation_level": IsolationLevel.READ_COMMITTED}
    options = connection.settings_dict["OPTIONS"] | weaker
    monkeypatch.setitem(connection.settings_dict, "OPTIONS", options)
    observed: list[str] = []

    guarantee(Tag.objects.create(name="pen", weight=10), observed.append)

    assert observed == [cell]
