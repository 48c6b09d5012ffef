"""A model that inherits from another is kept in two tables."""

from __future__ import annotations

import pytest

from tests.orm.library import named
from tests.orm.models import Place, Restaurant

pytestmark = pytest.mark.django_db


def test_what_inherits_is_found_by_what_it_inherits_and_as_it() -> None:
    made = Restaurant.objects.create(name="Noma", stars=3)

    assert Restaurant.objects.get(name="Noma", stars=3) == made
    assert Place.objects.get(name="Noma").restaurant == made


def test_what_inherits_is_updated_and_deleted_with_what_it_inherits() -> None:
    restaurant = Restaurant.objects.create(name="Noma", stars=3)

    Restaurant.objects.update(name="Closed", stars=0)

    assert named(Place.objects.all()) == ["Closed"]
    restaurant.delete()
    assert (Restaurant.objects.count(), Place.objects.count()) == (0, 0)
