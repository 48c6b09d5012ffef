"""What a statement can do."""

from __future__ import annotations

import pytest
from django.db import connection

from tests.guarantees.cells import Observe
from tests.guarantees.sessions import Meet, side_by_side, transaction
from tests.orm.models import Tag

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.feature("queries", "SELECT FOR UPDATE locks a row")
def test_a_row_is_locked_by_reading_it(observe: Observe) -> None:
    pen = Tag.objects.create(name="pen")

    def lock(meet: Meet) -> None:
        with transaction():
            Tag.objects.select_for_update().get(pk=pen.pk)
            meet()  # the other tries to lock the same row now
            meet()

    def lock_too(meet: Meet) -> None:
        meet()
        with transaction():
            Tag.objects.select_for_update(nowait=True).get(pk=pen.pk)
        meet()

    first, second = side_by_side(lock, lock_too)

    refused = (first, second) != (None, None)
    sent = connection.features.has_select_for_update
    observe({(True, True): "yes", (True, False): "emulated"}.get((refused, sent), "no"))


@pytest.mark.feature("queries", "INSERT … RETURNING")
def test_an_insert_returns_a_column_of_its_row() -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO customers (name) VALUES ('Carl') RETURNING name")

        assert cursor.fetchone() == ("Carl",)
