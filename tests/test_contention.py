"""Many buyers of the last pieces: nobody gets one that is not there."""

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
PATIENCE = 20  # requests of a buyer who is answered 503 on a busy machine


@pytest.mark.django_db(transaction=True)
def test_of_a_thousand_tries_exactly_the_stock_is_sold(
    record_property: Callable[[str, object], None],
) -> None:
    api = Api(Client())
    customer, pen = api.customer(), api.product(stock=STOCK)
    retried = outcomes.snapshot()["retried"]

    def buy(number: int) -> int:
        """The final answer: as a client does, try again after the seconds that a 503 names."""
        order = {"customer": customer, "products": [pen]}
        for _ in range(PATIENCE):
            response = api.post("/order/", order, **{"Idempotency-Key": f"order-{number}"})
            if response.status_code != 503:
                break
            # An ambiguous COMMIT names no time; with its key the request may be sent again.
            time.sleep(int(response.headers.get("Retry-After", 1)))
        return response.status_code

    statuses = Counter(at_once(buy, range(TRIES), threads=BUYERS))

    record_property("retries of 32 buyers", outcomes.snapshot()["retried"] - retried)
    assert statuses == {200: STOCK, 409: TRIES - STOCK}
    assert api.stock(pen) == 0
    assert len(api.get("/order/?limit=1000").json()) == STOCK
