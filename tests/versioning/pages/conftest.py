"""A browser, and the branches that conflict."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from bank.models import Product
from tests.api import Api
from tests.pages.conftest import Browser
from tests.versioning.pages.forms import create
from tests.versioning.shop import ANN, on, put
from versioning.signatures import signed


@pytest.fixture
def browser() -> Browser:
    return Browser()


@pytest.fixture
def api(browser: Browser) -> Api:
    return Api(Client())


@pytest.fixture
def conflict(browser: Browser, api: Api) -> Any:
    """Return a product whose price and stock both branches have changed."""
    api.customer("Ann")
    pen = api.product("Pen", "1.00", stock=10)
    create(browser, "season")
    put(api, pen, price="1.10", stock=8)
    put(api, pen, on="season", price="1.20", stock=7)
    return pen


@pytest.fixture
def many(browser: Browser) -> list[Any]:
    """Return 120 products whose prices both branches have changed."""
    with signed("Goods", ANN):
        Product.objects.bulk_create(
            Product(name=f"P{number}", price="1.00") for number in range(120)
        )
    create(browser, "season")
    for branch, price in (("main", "1.10"), ("season", "1.20")):
        on(branch, "UPDATE products SET price = %s", price)
    return list(Product.objects.order_by("pk"))
