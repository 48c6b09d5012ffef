"""Constraints that only the combination of two concurrent transactions violates, found at COMMIT.

Dolt reports all of them as error 1105; the engine raises IntegrityError.
"""

from __future__ import annotations

import pytest
from django.db import IntegrityError
from django.test import Client

from bank.models import Customer, IdempotencyRecord, Order, Product
from bank.transactions import retry_transaction
from bank.transactions.error_kinds import broken_constraint
from tests.api import Api
from tests.dolt.concurrent_commits import commit_concurrently

pytestmark = pytest.mark.django_db(transaction=True)
KEY = {"Idempotency-Key": "8e03978e-40d5-43dd-bc93-6894a57f9324"}


def test_a_check_violation_names_its_constraint() -> None:
    with pytest.raises(IntegrityError) as caught:
        Product.objects.create(name="pen", price=-1)

    assert broken_constraint(caught.value) == "product_price_not_negative"


def test_a_foreign_key_violation_names_its_constraint() -> None:
    with pytest.raises(IntegrityError) as caught:
        Order.objects.create(customer_id=999999, subtotal=1)

    assert broken_constraint(caught.value).startswith("orders_customer_id_")


def test_a_unique_key_inserted_by_two_transactions_is_refused_at_commit() -> None:
    @retry_transaction
    def store() -> None:
        IdempotencyRecord.objects.create(client="ann", key="k", request="", body="", location="")

    results = commit_concurrently(store, store)

    [error] = [result for result in results if result is not None]
    assert isinstance(error, IntegrityError)
    assert broken_constraint(error) == ""  # the name is beyond the 512 bytes of an error message
    assert IdempotencyRecord.objects.count() == 1


def test_concurrent_requests_with_one_key_are_executed_once() -> None:
    def post() -> object:
        return Api(Client()).post("/customer/", {"name": "Carl"}, **KEY).json()

    first, second = commit_concurrently(post, post)

    assert first == second
    assert Customer.objects.count() == 1


def test_an_order_and_the_concurrent_deletion_of_its_customer_conflict() -> None:
    api = Api(Client())
    customer, pen = api.customer(), api.product(stock=5)
    order = {"customer": customer, "products": [pen]}

    responses = commit_concurrently(
        lambda: Api(Client()).post("/order/", order),
        lambda: Api(Client()).delete(f"/customer/{customer['id']}/"),
    )

    statuses = {response.status_code: response for response in responses}
    assert set(statuses) in ({200, 409}, {204, 409})
    assert statuses[409].json()["detail"] == "It would break a rule of the data."
    orders, customers = Order.objects.count(), Customer.objects.count()
    assert (orders, customers, api.stock(pen)) in ((1, 1, 4), (0, 0, 5))
