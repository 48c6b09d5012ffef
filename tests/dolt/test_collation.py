"""Upper and lower case: the collation of the database decides, so it is checked."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.checks import CheckMessage
from django.db import connection
from django.db.models import F

from backends.dolt.own_server import COLLATION
from bank.models import Customer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def default_database() -> Iterator[None]:
    """A database as Dolt makes it when nobody says how."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE DATABASE as_it_comes")
        cursor.execute("USE as_it_comes")
        yield
        cursor.execute("DROP DATABASE as_it_comes")
    connection.close()


def errors() -> list[CheckMessage]:
    return [found for found in connection.validation.check() if found.id == "dolt.E001"]


@pytest.mark.parametrize("search", [{"name__icontains": "ARL"}, {"name__iexact": "CARL"}])
def test_a_search_finds_either_case(search: dict[str, str]) -> None:
    Customer.objects.create(name="Carl")

    assert Customer.objects.filter(**search).exists()


@pytest.mark.parametrize("lookup", ["contains", "startswith", "endswith"])
def test_a_search_that_knows_case_finds_one_of_both(lookup: str) -> None:
    for name in ("Årø_%", "årØ_%"):
        Customer.objects.create(name=name)

    as_text = Customer.objects.filter(**{f"name__{lookup}": "Årø_%"})
    as_column = Customer.objects.filter(**{f"name__{lookup}": F("name")})

    assert [customer.name for customer in as_text] == ["Årø_%"]
    assert as_column.count() == 2


def test_as_on_mysql_equal_is_without_regard_to_case_too() -> None:
    Customer.objects.create(name="Carl")

    assert Customer.objects.filter(name="CARL").exists()


def test_our_database_passes_the_check() -> None:
    assert errors() == []


def test_a_database_with_dolts_default_collation_is_refused(default_database: None) -> None:
    [error] = errors()

    assert "utf8mb4_0900_bin" in error.msg
    assert COLLATION in str(error.hint)
