"""Why settings/on_postgresql.py disables sequential scans: on small tables they cause conflicts."""

from __future__ import annotations

from threading import Barrier

import pytest
from django.db import OperationalError, connection, transaction

from bank.models import Customer, Order, Product
from tests.threads import at_once, outcome

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(("scans", "refused"), [("on", 1), ("off", 0), (None, 0)])
def test_two_concurrent_orders_on_a_small_table(scans: str | None, refused: int) -> None:
    # At COMMIT the foreign key of an order line looks up its order. With a sequential scan it reads
    # the whole table, including the place where the other order is being inserted.
    customer = Customer.objects.create(name="Carl")
    products = [Product.objects.create(name=name, price=1) for name in ("pen", "ink")]
    Order.objects.place(customer, {})
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    both_have_inserted = Barrier(2)

    @transaction.atomic
    def place(product: Product) -> None:
        if scans:  # None: keep the value of the settings
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL enable_seqscan = {scans}")
        Order.objects.place(customer, {product.pk: 1})
        both_have_inserted.wait(timeout=5)

    results = at_once(lambda product: outcome(lambda: place(product)), products, threads=2)

    errors = [result for result in results if isinstance(result, OperationalError)]
    assert len(errors) == refused
    assert Order.objects.count() == 3 - refused
