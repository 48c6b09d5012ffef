"""Texts compare by their code points; only lookups that ignore case do otherwise."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.checks import CheckMessage
from django.db import connection
from django.db.models import F

from backends.mariadb.collation import COLLATION
from bank.models import Customer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def default_database() -> Iterator[None]:
    """A database as MariaDB 10.11 makes it where nobody says how."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE DATABASE as_it_comes CHARACTER SET latin1")
        cursor.execute("USE as_it_comes")
        yield
        cursor.execute("DROP DATABASE as_it_comes")
    connection.close()


def errors() -> list[CheckMessage]:
    return [found for found in connection.validation.check() if found.id == "mariadb.E001"]


@pytest.mark.parametrize("other", ["CARL", "Cärl", "Carl ", "Carl\x01", "Carl😀"])
def test_two_texts_that_differ_are_not_equal(other: str) -> None:
    Customer.objects.create(name="Carl")

    assert not Customer.objects.filter(name=other).exists()


@pytest.mark.parametrize(
    "search",
    [
        {"name__iexact": "ÅRØ_%"},
        {"name__icontains": "rØ_"},
        {"name__istartswith": "år"},
        {"name__iendswith": "Ø_%"},
        {"name__iregex": "^åR"},
    ],
)
def test_a_search_that_ignores_case_finds_either_and_no_other_accents(
    search: dict[str, str],
) -> None:
    for name in ("Årø_%", "åRØ_%", "Aro_%"):
        Customer.objects.create(name=name)

    found = Customer.objects.filter(**search).order_by("pk")

    assert [customer.name for customer in found] == ["Årø_%", "åRØ_%"]


@pytest.mark.parametrize("lookup", ["icontains", "istartswith", "iendswith", "iexact"])
def test_a_search_that_ignores_case_takes_its_text_from_a_column_too(lookup: str) -> None:
    Customer.objects.create(name="Årø_%")

    assert Customer.objects.filter(**{f"name__{lookup}": F("name")}).exists()


@pytest.mark.parametrize("lookup", ["contains", "startswith", "endswith", "regex"])
def test_a_search_that_respects_case_finds_one_of_both(lookup: str) -> None:
    for name in ("Årø", "årØ"):
        Customer.objects.create(name=name)

    found = Customer.objects.filter(**{f"name__{lookup}": "Årø"})

    assert [customer.name for customer in found] == ["Årø"]


@pytest.mark.parametrize(
    ("collation", "left", "right"),
    [
        ("utf8mb4_general_ci", "😀", "😺"),
        ("utf8mb4_general_ci", "Carl", "Carl "),
        ("utf8mb4_uca1400_ai_ci", "\x01", ""),
    ],
)
def test_in_mariadbs_own_collations_these_texts_are_equal(
    collation: str, left: str, right: str
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT %s COLLATE {collation} = %s", [left, right])

        assert cursor.fetchone() == (1,)


def test_our_database_passes_the_collation_check() -> None:
    assert errors() == []


def test_a_database_with_mariadbs_default_collation_is_refused(default_database: None) -> None:
    [error] = errors()

    assert "latin1_swedish_ci" in error.msg
    assert COLLATION in str(error.hint)
