"""Many concurrent buyers of the last pieces: no piece is sold twice."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable

import pytest
from django.test import Client

from bank.transactions.outcomes import outcomes
from tests.api import Api
from tests.threads import at_once

BUYERS, STOCK, TRIES = 32, 200, 1000
ATTEMPTS = 20  # requests that a buyer makes if the response is 503, as on a busy machine


@pytest.mark.feature("isolation", "this application sells exactly its stock")
@pytest.mark.django_db(transaction=True)
def test_a_thousand_concurrent_orders_sell_exactly_the_stock(
    record_property: Callable[[str, object], None],
) -> None:
    api = Api(Client())
    customer, pen = api.customer(), api.product(stock=STOCK)
    retried = outcomes.snapshot()["retried"]

    def buy(number: int) -> int:
        """Order, and retry after the seconds that a 503 names; return the final response."""
        order = {"customer": customer, "products": [pen]}
        for _ in range(ATTEMPTS):
            response = api.post("/order/", order, **{"Idempotency-Key": f"order-{number}"})
            if response.status_code != 503:
                break
            # An ambiguous COMMIT has no Retry-After; with its key the request may be sent again.
            time.sleep(int(response.headers.get("Retry-After", 1)))
        return response.status_code

    statuses = Counter(at_once(buy, range(TRIES), threads=BUYERS))

    record_property("retries of 32 buyers", outcomes.snapshot()["retried"] - retried)
    assert statuses == {200: STOCK, 409: TRIES - STOCK}
    assert api.stock(pen) == 0
    assert len(api.get("/order/?limit=1000").json()) == STOCK
