"""Subqueries; Djongo without this engine parses only one, after IN."""

from __future__ import annotations

import pytest
from django.db import NotSupportedError
from django.db.models import Exists, OuterRef, Q, Subquery

from bank.models import Customer, Order, OrderLine
from tests.api import Api

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_correlated_subquery_is_evaluated_for_each_row(api: Api) -> None:
    for name, price in (("Carl", "3.00"), ("Carl", "4.00"), ("Dora", None)):
        customer = api.customer(name)
        if price:
            api.order(customer, api.product(price=price))
    theirs = Order.objects.filter(customer__name=OuterRef("name")).order_by("-subtotal")
    most = Customer.objects.annotate(most=Subquery(theirs.values("subtotal")[:1])).order_by("pk")

    assert [row.most for row in most] == [4, 4, None]
    assert Customer.objects.get(~Exists(theirs)).name == "Dora"
    assert Customer.objects.filter(~Q(orders__subtotal=3)).count() == 2
    assert not Customer.objects.filter(Exists(theirs.none())).exists()
    none = Subquery(theirs.none().values("pk")[:1])
    assert set(Customer.objects.annotate(none=none).values_list("none", flat=True)) == {None}
    with pytest.raises(NotSupportedError):  # it may return two rows
        list(Customer.objects.annotate(most=Subquery(theirs.values("subtotal"))))


def test_a_list_can_be_combined_with_a_subquery(api: Api) -> None:
    carl, dora = api.customer("Carl"), api.customer("Dora")
    for customer in (carl, dora):
        api.order(customer, api.product())
    with_lines = Order.objects.filter(pk__in=OrderLine.objects.values("order"))

    assert with_lines.count() == 2
    assert with_lines.get(customer__in=[carl["id"], 99]).customer_id == carl["id"]
    assert Customer.objects.exclude(pk__in=Order.objects.values("customer")).count() == 0


def test_two_subqueries_are_an_error_and_not_a_wrong_result() -> None:
    orders = Order.objects.filter(pk__in=OrderLine.objects.values("order"))

    with pytest.raises(NotSupportedError):
        list(orders.filter(customer__in=Customer.objects.filter(name="Carl")))


def test_a_correlated_subquery_after_in_is_an_error() -> None:
    theirs = Order.objects.filter(subtotal=OuterRef("pk")).values("customer")

    with pytest.raises(NotSupportedError):
        list(Customer.objects.filter(pk__in=theirs))
