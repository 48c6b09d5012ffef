"""An ALTER TABLE while the application serves: prepared statements are prepared again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from django.db import connection
from django.test import Client

from tests.api import Api

pytestmark = pytest.mark.django_db(transaction=True)
OFTEN = 6  # psycopg prepares a statement at its fourth execution


@pytest.fixture
def columns() -> Iterator[None]:
    """Change the columns back after the test; the statements of other tests are prepared too."""
    yield
    change("varchar(250)")
    connection.close()


def change(kind: str) -> None:
    """Change a column on another connection, as a migration does."""
    with closing(connection.copy()) as other, other.cursor() as cursor:
        cursor.execute(f"ALTER TABLE customers ALTER COLUMN name TYPE {kind}")


def test_a_get_is_answered_after_a_column_was_changed(columns: None) -> None:
    api = Api(Client())
    carl = api.post("/customer/", {"name": "Carl"}).json()
    before = [api.get(f"/customer/{carl['id']}/").json() for _ in range(OFTEN)]

    change("varchar(320)")
    after = api.get(f"/customer/{carl['id']}/")

    assert before == [carl] * OFTEN
    assert (after.status_code, after.json()) == (200, carl)


def test_an_order_is_retried_after_a_column_was_changed(columns: None) -> None:
    api = Api(Client())
    carl = api.post("/customer/", {"name": "Carl"}).json()
    for _ in range(OFTEN):
        api.post("/order/", {"customer": carl})

    change("varchar(320)")
    after = api.post("/order/", {"customer": carl})

    assert (after.status_code, after.json()["customer"]) == (200, carl)
    assert len(api.get("/order/").json()) == OFTEN + 1
