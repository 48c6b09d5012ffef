"""Orders and their lines: placed, changed and cancelled together with the stock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Index, Q, UniqueConstraint

from bank.errors import SubtotalTooLarge
from bank.fields import MAX_AMOUNT, Key, money, new_token, rule
from bank.models.customers import Customer
from bank.models.products import Product
from bank.writes import insert


class OrderQuerySet(models.QuerySet["Order"]):
    """Orders, and methods that place and cancel them; call these inside a transaction."""

    def place(
        self, customer: Customer, quantities: Mapping[Key, int], subtotal: Decimal | None = None
    ) -> Order:
        """Create an order of these quantities and take them out of stock.

        Three statements, or four if stock is counted, for any number of products. A subtotal that
        is not given is computed from the current prices. Raises an OrderError; the transaction
        must then be rolled back.
        """
        order = self.model(customer=customer)
        order.fill(quantities, subtotal)
        return order

    def cancel(self) -> None:
        """Delete these orders and put their products back in stock."""
        keys = list(self.values_list("pk", flat=True))
        for first in range(0, len(keys), 1000):  # a database limits the parameters of a statement
            batch = keys[first : first + 1000]
            Product.objects.take({}, returned=_remove(OrderLine.objects.filter(order__in=batch)))
            Order.objects.filter(pk__in=batch).delete()


class Order(models.Model):
    # PROTECT: an order is kept for the books, so a customer who has one cannot be deleted.
    customer = models.ForeignKey(Customer, models.PROTECT, db_index=False, related_name="orders")
    subtotal = money()
    # Every change of the order or its lines writes a new token, so that two concurrent changes
    # write the same row, and the second is refused. Without it, Dolt and MongoDB find no conflict
    # if the two change different lines, or write the values that are stored already.
    change_token = models.BigIntegerField(null=True, default=new_token, editable=False)
    products = models.ManyToManyField(Product, through="OrderLine", related_name="orders")

    objects = OrderQuerySet.as_manager()

    class Meta:
        db_table = "orders"
        indexes = [Index(fields=["customer"], name="order_customer_index")]
        constraints = [
            rule("order_subtotal_not_negative", Q(subtotal__gte=0), "A subtotal is not below 0.")
        ]

    def __str__(self) -> str:
        return f"Order {self.pk}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the order with a new change_token. fill() inserts a new order without this."""
        self.change_token = new_token()
        if fields := kwargs.get("update_fields"):
            kwargs["update_fields"] = {*fields, "change_token"}
        super().save(*args, **kwargs)

    def fill(self, quantities: Mapping[Key, int], subtotal: Decimal | None = None) -> None:
        """Save this order with exactly these quantities, after putting its former lines in stock.

        A line gets today's price, and keeps its other columns if the order had the product before.
        Raises an OrderError; the transaction must then be rolled back.
        """
        before = {line.product_id: line for line in self.lines.all()} if self.pk else {}
        if before:
            self.lines.all().delete()
        returned = {key: line.quantity for key, line in before.items()}
        products = Product.objects.take(quantities, returned=returned)
        lines = []
        for key, quantity in quantities.items():
            line = before.get(key) or OrderLine()
            line.pk, line.product = None, products[key]
            line.price, line.quantity = line.product.price, quantity
            lines.append(line)
        self.subtotal = total(lines) if subtotal is None else subtotal
        if self.pk:
            self.save()
        else:
            insert([self])
        for line in lines:
            line.order = self  # its key is known only now
        insert(lines)
        self.filled_lines = lines

    def cancel(self) -> None:
        """Delete this order and put its products back in stock."""
        Product.objects.take({}, returned=_remove(self.lines.all()))
        self.delete()


class OrderLine(models.Model):
    """A product in an order: how many pieces, and the price when the order was placed."""

    order = models.ForeignKey(Order, models.CASCADE, db_index=False, related_name="lines")
    product = models.ForeignKey(Product, models.PROTECT, db_index=False, related_name="lines")
    price = money()
    quantity = models.IntegerField(default=1)

    class Meta:
        db_table = "order_lines"
        # The unique constraint, which begins with `order`, is also its index.
        indexes = [Index(fields=["product"], name="order_line_product_index")]
        constraints = [
            UniqueConstraint(fields=["order", "product"], name="order_line_once_per_product"),
            rule("order_line_quantity_positive", Q(quantity__gte=1), "A quantity is at least 1."),
            rule("order_line_price_not_negative", Q(price__gte=0), "A price is not below 0."),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.product}"


def _remove(lines: models.QuerySet[OrderLine]) -> dict[Key, int]:
    """Delete these lines; return the quantity of each product that they had."""
    quantities: Counter[Key] = Counter()
    for product, quantity in lines.values_list("product", "quantity"):
        quantities[product] += quantity
    lines.delete()
    return quantities


def total(lines: Iterable[OrderLine]) -> Decimal:
    """Return the exact sum of the lines; raise SubtotalTooLarge if it is above MAX_AMOUNT."""
    amount = sum((line.price * line.quantity for line in lines), Decimal("0.00"))
    if amount > MAX_AMOUNT:
        raise SubtotalTooLarge
    return amount
