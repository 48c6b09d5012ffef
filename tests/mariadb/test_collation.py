"""Texts are compared by their code points, except by case-insensitive lookups."""

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
    """Create a database with the default collation of MariaDB 10.11 and use it during the test."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE DATABASE with_defaults CHARACTER SET latin1")
        cursor.execute("USE with_defaults")
        yield
        cursor.execute("DROP DATABASE with_defaults")
    connection.close()


def errors() -> list[CheckMessage]:
    return [found for found in connection.validation.check() if found.id == "mariadb.E001"]


@pytest.mark.parametrize("other", ["CARL", "Cärl", "Carl ", "Carl\x01", "Carl😀"])
def test_different_texts_are_not_equal(other: str) -> None:
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
def test_case_insensitive_lookups_distinguish_accents(
    search: dict[str, str],
) -> None:
    for name in ("Årø_%", "åRØ_%", "Aro_%"):
        Customer.objects.create(name=name)

    found = Customer.objects.filter(**search).order_by("pk")

    assert [customer.name for customer in found] == ["Årø_%", "åRØ_%"]


@pytest.mark.parametrize("lookup", ["icontains", "istartswith", "iendswith", "iexact"])
def test_case_insensitive_lookups_accept_a_column(lookup: str) -> None:
    Customer.objects.create(name="Årø_%")

    assert Customer.objects.filter(**{f"name__{lookup}": F("name")}).exists()


@pytest.mark.parametrize("lookup", ["contains", "startswith", "endswith", "regex"])
def test_case_sensitive_lookups_distinguish_case(lookup: str) -> None:
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
def test_other_collations_of_mariadb_compare_these_texts_as_equal(
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
