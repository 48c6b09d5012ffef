"""atomic(): a block is committed completely or rolled back completely."""

from __future__ import annotations

import pytest
from django.db import transaction

from tests.orm.library import names
from tests.orm.models import Tag

pytestmark = pytest.mark.django_db


class Failed(Exception):
    """Raised to leave a block."""


@pytest.mark.feature("transactions", "an error rolls back an atomic() block")
def test_an_error_rolls_back_the_block() -> None:
    with pytest.raises(Failed), transaction.atomic():
        Tag.objects.create(name="new")
        raise Failed

    assert Tag.objects.count() == 0


@pytest.mark.feature("transactions", "savepoints: an inner atomic() block is rolled back alone")
def test_an_error_in_an_inner_block_rolls_back_only_the_inner_block() -> None:
    with transaction.atomic():
        Tag.objects.create(name="outer")
        with pytest.raises(Failed), transaction.atomic():
            Tag.objects.create(name="inner")
            raise Failed

    assert names(Tag.objects.all()) == ["outer"]
