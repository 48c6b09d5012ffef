"""Multi-table inheritance: a child and its parent have a table each."""

from __future__ import annotations

import pytest

from tests.orm.library import names
from tests.orm.models import Place, Restaurant

pytestmark = pytest.mark.django_db


def test_a_child_is_found_by_the_fields_of_its_parent_and_from_its_parent() -> None:
    made = Restaurant.objects.create(name="Noma", stars=3)

    assert Restaurant.objects.get(name="Noma", stars=3) == made
    assert Place.objects.get(name="Noma").restaurant == made


@pytest.mark.feature("queries", "update() of a parent and its child")
def test_updating_and_deleting_a_child_changes_the_row_of_its_parent() -> None:
    restaurant = Restaurant.objects.create(name="Noma", stars=3)

    Restaurant.objects.update(name="Closed", stars=0)

    assert names(Place.objects.all()) == ["Closed"]
    restaurant.delete()
    assert (Restaurant.objects.count(), Place.objects.count()) == (0, 0)
