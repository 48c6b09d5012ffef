"""The REST API: the routers of all resources, and the monitoring endpoints."""

from __future__ import annotations

from ninja import Swagger

from bank.api import customers, health, orders, products
from bank.api.auth import BearerToken, as_operation
from bank.api.errors import add_error_handlers
from bank.api.openapi import BankAPI
from bank.api.operations import direct
from bank.api.shop_examples import add_shop_examples

api = BankAPI(
    title="Bank",
    version="1",
    description="Customers, products and orders, on the database of your choice.",
    urls_namespace="api",
    auth=BearerToken(),
    docs=Swagger(),  # its scripts are static files of the `ninja` application, not from a CDN
    docs_url="/docs",
    docs_decorator=as_operation,
)
api.add_decorator(direct, mode="view")
add_error_handlers(api)
api.add_router("/customer", customers.router)
api.add_router("/product", products.router)
api.add_router("/order", orders.router)
api.add_router("", health.router)
api.additions.append(add_shop_examples)
