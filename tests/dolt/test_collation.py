"""Case sensitivity depends on the collation of the database, so a system check verifies it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.checks import CheckMessage
from django.db import connection
from django.db.models import F

from backends.dolt.collation import COLLATION
from bank.models import Customer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def default_database() -> Iterator[None]:
    """Create a database with Dolt's default collation and use it during the test."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE DATABASE with_defaults")
        cursor.execute("USE with_defaults")
        yield
        cursor.execute("DROP DATABASE with_defaults")
    connection.close()


def errors() -> list[CheckMessage]:
    return [found for found in connection.validation.check() if found.id == "dolt.E001"]


@pytest.mark.parametrize("search", [{"name__icontains": "ARL"}, {"name__iexact": "CARL"}])
def test_icontains_and_iexact_ignore_case(search: dict[str, str]) -> None:
    Customer.objects.create(name="Carl")

    assert Customer.objects.filter(**search).exists()


@pytest.mark.parametrize("lookup", ["contains", "startswith", "endswith"])
def test_case_sensitive_lookups_distinguish_case(lookup: str) -> None:
    for name in ("Årø_%", "årØ_%"):
        Customer.objects.create(name=name)

    as_text = Customer.objects.filter(**{f"name__{lookup}": "Årø_%"})
    as_column = Customer.objects.filter(**{f"name__{lookup}": F("name")})

    assert [customer.name for customer in as_text] == ["Årø_%"]
    assert as_column.count() == 2


def test_exact_ignores_case_as_on_mysql() -> None:
    Customer.objects.create(name="Carl")

    assert Customer.objects.filter(name="CARL").exists()


def test_our_database_passes_the_collation_check() -> None:
    assert errors() == []


def test_a_database_with_dolts_default_collation_is_refused(default_database: None) -> None:
    [error] = errors()

    assert "utf8mb4_0900_bin" in error.msg
    assert COLLATION in str(error.hint)
