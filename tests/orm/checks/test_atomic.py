"""atomic(): a block is kept as a whole or not at all."""

from __future__ import annotations

import pytest
from django.db import transaction

from tests.orm.library import named
from tests.orm.models import Tag

pytestmark = pytest.mark.django_db


class Failed(Exception):
    """Raised to end a block."""


def test_of_a_block_that_failed_nothing_is_left() -> None:
    with pytest.raises(Failed), transaction.atomic():
        Tag.objects.create(name="new")
        raise Failed

    assert Tag.objects.count() == 0


def test_of_a_block_within_another_only_its_own_is_undone() -> None:
    with transaction.atomic():
        Tag.objects.create(name="outer")
        with pytest.raises(Failed), transaction.atomic():
            Tag.objects.create(name="inner")
            raise Failed

    assert named(Tag.objects.all()) == ["outer"]
