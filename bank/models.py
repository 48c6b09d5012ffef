"""Customers, products, orders, and the responses that are stored for repeated requests.

The tables are the tutorial's, with constraints that the database enforces. Every constraint has a
name, so that an error can name the violated rule, and every foreign key has an index of its own,
because CockroachDB creates none: https://www.cockroachlabs.com/docs/stable/foreign-key
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import CheckConstraint, Index, Q, UniqueConstraint

from bank.compiled import Parameter, compiled
from bank.errors import NotEnoughStock, SubtotalTooLarge, TooMuchStock, UnknownProducts
from bank.fields import CompressedTextField

Key = Any  # an integer on SQL backends, an ObjectId on MongoDB
MAX_AMOUNT = Decimal("9999999999999999.99")
MAX_COUNT = 2**31 - 1  # pieces in stock, and in an order


def money(**options: Any) -> models.DecimalField:
    """An amount up to 9999999999999999.99, exact to the cent on every backend."""
    return models.DecimalField(max_digits=18, decimal_places=2, **options)


def rule(name: str, condition: Q, message: str) -> CheckConstraint:
    """A CHECK constraint, and the message of a form that violates it."""
    return CheckConstraint(condition=condition, name=name, violation_error_message=message)


class Customer(models.Model):
    name = models.CharField(max_length=250)

    class Meta:
        db_table = "customers"
        constraints = [rule("customer_name_not_empty", ~Q(name=""), "A name is not empty.")]

    def __str__(self) -> str:
        return self.name


class ProductQuerySet(models.QuerySet["Product", "Product"]):
    """Products, and methods that change the stock of several products."""

    def take(
        self, quantities: Mapping[Key, int], returned: Mapping[Key, int] | None = None
    ) -> Mapping[Key, Product]:
        """Take these quantities out of stock and put others back; return the products by key.

        Two statements for any number of products. Raises UnknownProducts, NotEnoughStock or
        TooMuchStock; then nothing was changed. The transaction around it keeps concurrent calls
        from selling the same piece: SERIALIZABLE refuses the second writer of a row that both have
        read, and a database that compares only what was written refuses the second stock_token.
        """
        products = self.after_taking(quantities, returned)
        token = new_token()
        counted: list[Any] = [p for p in products.values() if p.stock is not None]
        for product in counted:
            product.stock_token = token
        if counted:
            self.bulk_update(counted, ["stock", "stock_token"])
        return products

    def after_taking(
        self, quantities: Mapping[Key, int], returned: Mapping[Key, int] | None = None
    ) -> Mapping[Key, Product]:
        """Return the products by key with the stock they would have after take(); save nothing.

        Raises what take() would raise.
        """
        returned = returned or {}
        products = _by_keys({*quantities, *returned})
        if missing := [key for key in quantities if key not in products]:
            raise UnknownProducts(missing)
        short: dict[Product, int] = {}
        over: list[Product] = []
        for key, product in products.items():
            if (before := product.stock) is not None:
                available = before + returned.get(key, 0)
                product.stock = available - quantities.get(key, 0)
                if product.stock < 0:
                    short[product] = available
                # Stock that was above the limit before (imported, say) may still be sold.
                elif product.stock > max(MAX_COUNT, before):
                    over.append(product)
        if short:
            raise NotEnoughStock(short)
        if over:
            raise TooMuchStock(over)
        return products


@compiled
def _products(count: int) -> models.QuerySet[Any, Any]:
    keys: list[Any] = [Parameter(f"key{number}") for number in range(count)]
    return Product.objects.filter(pk__in=keys).values_list("pk", "name", "price", "stock")


def _by_keys(keys: Collection[Key]) -> dict[Key, Product]:
    """Return the products with these keys, as in_bulk() would, in a third of its time."""
    if not keys:
        return {}
    values = {f"key{number}": key for number, key in enumerate(keys)}
    rows = _products(len(keys))(**values)
    return {
        pk: Product(pk=pk, name=name, price=price, stock=stock) for pk, name, price, stock in rows
    }


def new_token() -> int:
    """Return a random number of 63 bits, so that two calls practically never return the same."""
    return secrets.randbits(63)


class Product(models.Model):
    name = models.CharField(max_length=250)
    price = money()
    stock = models.BigIntegerField(
        null=True,
        blank=True,
        help_text="Empty: not counted.",
        validators=[MinValueValidator(0), MaxValueValidator(MAX_COUNT)],
    )
    # Every write of stock also writes a new token. Dolt merges two transactions cell by cell, and
    # finds no conflict if both write the same value: both turn 10 into 9, and one sale is lost. Two
    # tokens always differ: https://www.dolthub.com/blog/2023-12-14-concurrent-transaction-example/
    stock_token = models.BigIntegerField(null=True, default=new_token, editable=False)

    objects = ProductQuerySet.as_manager()

    class Meta:
        db_table = "products"
        constraints = [
            rule("product_name_not_empty", ~Q(name=""), "A name is not empty."),
            rule("product_price_not_negative", Q(price__gte=0), "A price is not below 0."),
            # The last guard against overselling, if the code above has an error. SQL accepts null
            # in a CHECK without `stock=None`, but not every database has its three-valued logic.
            rule(
                "product_stock_not_negative",
                Q(stock=None) | Q(stock__gte=0),
                "Stock is not below 0.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the product, with a new stock_token if its stock is written."""
        fields = kwargs.get("update_fields")
        if fields is None or "stock" in fields:
            self.stock_token = new_token()
            kwargs["update_fields"] = fields and {*fields, "stock_token"}
        super().save(*args, **kwargs)


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
        """Save the order with a new change_token."""
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
            line.pk, line.order, line.product = None, self, products[key]
            line.price, line.quantity = line.product.price, quantity
            lines.append(line)
        self.subtotal = total(lines) if subtotal is None else subtotal
        self.save()
        self.filled_lines = OrderLine.objects.bulk_create(lines)

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


class IdempotencyRecord(models.Model):
    """The response to a request with an Idempotency-Key, stored in case the request is repeated."""

    client = models.CharField(max_length=64, help_text="SHA-256 of the client's name and the key.")
    key = models.CharField(max_length=255)
    request = models.CharField(max_length=64, help_text="SHA-256 of method, path and body.")
    body: models.Field[str, str] = CompressedTextField(db_column="compressed_body")
    location = models.CharField(max_length=250)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "stored_answers"  # the model's first name; existing databases have this table
        constraints = [
            # Of two concurrent requests with one key the second is refused here; it is run again
            # and finds the first one's response.
            UniqueConstraint(fields=["client", "key"], name="stored_answer_once_per_key")
        ]
        indexes = [Index(fields=["created"], name="stored_answer_created_index")]

    def __str__(self) -> str:
        return self.key


class UnfinishedCopy(models.Model):
    """A marker: its row exists while the data of another bank is being copied into this one."""

    started = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "unfinished_copies"
        verbose_name_plural = "unfinished copies"

    def __str__(self) -> str:
        return f"Copy of {self.started}"


class DemoData(models.Model):
    """The progress of the demo data, in at most one row: see bank/demo.py."""

    orders = models.BigIntegerField()
    wanted = models.BigIntegerField()

    class Meta:
        db_table = "demo_data"
        verbose_name_plural = "demo data"

    def __str__(self) -> str:
        return f"{self.orders} of {self.wanted} demo orders"
