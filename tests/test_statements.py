"""How many statements a request executes; Api itself refuses repeated statements."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bank.models import Customer
from tests.api import Api, watched

# Statements of transactions; in a test's own transaction they are SAVEPOINTs.
TRANSACTION = "BEGIN|COMMIT|(RELEASE )?SAVEPOINT"
# With version control a request also asks for the commit that it reads or makes.
COMMIT = 1 if "versioning" in settings.INSTALLED_APPS else 0


def statements(work: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as captured:
        work()
    return len([query for query in captured if not re.match(TRANSACTION, query["sql"])])


@pytest.mark.parametrize(
    ("path", "expected"), [("/customer/", 1), ("/product/", 1), ("/order/", 2)]
)
def test_the_number_of_statements_of_a_page_is_constant(api: Api, path: str, expected: int) -> None:
    customer, pens = api.customer(), [api.product(f"Pen {n}") for n in range(5)]
    for _ in range(5):
        api.order(customer, *pens)

    counts = [statements(lambda: api.get(f"{path}?limit={n}")) for n in (1, 5)]  # noqa: B023

    assert counts == [expected + COMMIT, expected + COMMIT]


@pytest.mark.parametrize(("stock", "expected"), [(None, 4), (100, 5)])
def test_an_order_of_fifty_products_needs_no_more_statements(
    api: Api, stock: int | None, expected: int
) -> None:
    customer = api.customer()
    pens = [api.product(f"Pen {n}", stock=stock) for n in range(50)]

    counts = [statements(lambda: api.order(customer, *pens[:n])) for n in (1, 50)]  # noqa: B023

    assert counts == [expected + COMMIT, expected + COMMIT]


@pytest.mark.django_db
def test_the_api_fixture_fails_if_a_request_repeats_a_statement() -> None:
    def ripple() -> None:
        for _ in range(2):
            Customer.objects.count()

    with pytest.raises(AssertionError, match="ripple load"):
        watched(ripple)
