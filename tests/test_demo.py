"""The demo data: of any size."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db.models import Sum

from bank.management.commands.bank_demo import PRODUCTS
from bank.models import Order, Product


@pytest.mark.django_db
def test_a_larger_demo_does_not_run_out_of_stock() -> None:
    counted = sum(stock for _, stock in PRODUCTS.values() if stock)

    call_command("bank_demo", orders=250)

    assert Order.objects.count() == 250
    assert Product.objects.aggregate(left=Sum("stock"))["left"] == counted - 20
