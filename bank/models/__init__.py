"""Customers, products, orders, and the records of idempotent requests, copies and demo data.

The tables are the tutorial's, with constraints that the database enforces. Every constraint has a
name, so that an error can name the violated rule, and every foreign key has an index of its own,
because CockroachDB creates none: https://www.cockroachlabs.com/docs/stable/foreign-key
"""

from bank.fields import MAX_AMOUNT, MAX_COUNT, Key, new_token
from bank.models.customers import Customer
from bank.models.orders import Order, OrderLine, total
from bank.models.products import Product
from bank.models.records import DemoData, IdempotencyRecord, UnfinishedCopy

__all__ = [
    "MAX_AMOUNT",
    "MAX_COUNT",
    "Customer",
    "DemoData",
    "IdempotencyRecord",
    "Key",
    "Order",
    "OrderLine",
    "Product",
    "UnfinishedCopy",
    "new_token",
    "total",
]
