"""Customers, products, orders, and the answers kept for repeated requests.

The tables are the tutorial's, with rules the database itself keeps: every constraint has a name,
so that an error says which rule was broken, and every foreign key has an index of its own,
because CockroachDB makes none: https://www.cockroachlabs.com/docs/stable/foreign-key
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
    """A rule that the database keeps, and what a form says where it is broken."""
    return CheckConstraint(condition=condition, name=name, violation_error_message=message)


class Customer(models.Model):
    name = models.CharField(max_length=250)

    class Meta:
        db_table = "customers"
        constraints = [rule("customer_name_not_empty", ~Q(name=""), "A name is not empty.")]

    def __str__(self) -> str:
        return self.name


class ProductQuerySet(models.QuerySet["Product", "Product"]):
    """Products, and the stock of many of them at once."""

    def take(
        self, quantities: Mapping[Key, int], returned: Mapping[Key, int] | None = None
    ) -> Mapping[Key, Product]:
        """Move these quantities out of stock, and others back in; return the products by key.

        Two statements, however many products. Raises UnknownProducts, NotEnoughStock or
        TooMuchStock; then nothing was moved. Two sellers at once are kept apart by the transaction
        around it: SERIALIZABLE refuses the second writer of a row that both have read, and a
        database that compares only what was written refuses the second stock_token.
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
        """The products by key, their stock as take() would leave it; raises what take() would."""
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
                # What was beyond the limit before, imported perhaps, may still be sold.
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
    """The products that have these keys, as in_bulk() finds them, for a third of its time."""
    if not keys:
        return {}
    values = {f"key{number}": key for number, key in enumerate(keys)}
    rows = _products(len(keys))(**values)
    return {
        pk: Product(pk=pk, name=name, price=price, stock=stock) for pk, name, price, stock in rows
    }


def new_token() -> int:
    """A number that nobody else has drawn or will draw."""
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
    # Written anew with every write of stock. Dolt merges two transactions cell by cell, and sees no
    # conflict where both write the same: 9 twice, from 10 each time, and one sale is lost. Two
    # tokens are never the same: https://www.dolthub.com/blog/2023-12-14-concurrent-transaction-example/
    stock_token = models.BigIntegerField(null=True, default=new_token, editable=False)

    objects = ProductQuerySet.as_manager()

    class Meta:
        db_table = "products"
        constraints = [
            rule("product_name_not_empty", ~Q(name=""), "A name is not empty."),
            rule("product_price_not_negative", Q(price__gte=0), "A price is not below 0."),
            # The last guard against selling what is not there, whatever the code above it does.
            # SQL would let null pass anyway; not every database has its three-valued logic.
            rule(
                "product_stock_not_negative",
                Q(stock=None) | Q(stock__gte=0),
                "Stock is not below 0.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save it; wherever its stock is written, with a stock_token of its own."""
        fields = kwargs.get("update_fields")
        if fields is None or "stock" in fields:
            self.stock_token = new_token()
            kwargs["update_fields"] = fields and {*fields, "stock_token"}
        super().save(*args, **kwargs)


class OrderQuerySet(models.QuerySet["Order"]):
    """Orders, and how one comes to be. Call inside a transaction."""

    def place(
        self, customer: Customer, quantities: Mapping[Key, int], subtotal: Decimal | None = None
    ) -> Order:
        """Create an order of these quantities and take them out of stock.

        Three statements, or four if stock is counted, however many products. A subtotal that is
        not given is computed from the prices of this moment. Raises an OrderError; the
        transaction is then to be rolled back.
        """
        order = self.model(customer=customer)
        order.fill(quantities, subtotal)
        return order

    def cancel(self) -> None:
        """Delete these orders and put their products back in stock."""
        keys = list(self.values_list("pk", flat=True))
        for first in range(0, len(keys), 1000):  # a statement takes so many parameters only
            some = keys[first : first + 1000]
            Product.objects.take({}, returned=_remove(OrderLine.objects.filter(order__in=some)))
            Order.objects.filter(pk__in=some).delete()


class Order(models.Model):
    # PROTECT: an order is a document, and does not vanish with its customer.
    customer = models.ForeignKey(Customer, models.PROTECT, db_index=False, related_name="orders")
    subtotal = money()
    # Written anew with every change of the order or its lines, so that two changes at once write
    # one row, and the second is refused: Dolt and MongoDB see no conflict where both write what is
    # there already, and different lines are different rows to them.
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
        """Save it, with a change_token of its own."""
        self.change_token = new_token()
        if fields := kwargs.get("update_fields"):
            kwargs["update_fields"] = {*fields, "change_token"}
        super().save(*args, **kwargs)

    def fill(self, quantities: Mapping[Key, int], subtotal: Decimal | None = None) -> None:
        """Save this order with exactly these quantities; what it had before is in stock again."""
        products = Product.objects.take(quantities, returned=self._remove_lines())
        lines = [
            OrderLine(order=self, product=products[key], quantity=n, price=products[key].price)
            for key, n in quantities.items()
        ]
        self.subtotal = total(lines) if subtotal is None else subtotal
        self.save()
        self.filled_lines = OrderLine.objects.bulk_create(lines)

    def cancel(self) -> None:
        """Delete this order and put its products back in stock."""
        Product.objects.take({}, returned=self._remove_lines())
        self.delete()

    def _remove_lines(self) -> dict[Key, int]:
        if self.pk is None:
            return {}
        return _remove(self.lines.all())


class OrderLine(models.Model):
    """So many of one product, at its price when the order was placed."""

    order = models.ForeignKey(Order, models.CASCADE, db_index=False, related_name="lines")
    product = models.ForeignKey(Product, models.PROTECT, db_index=False, related_name="lines")
    quantity = models.IntegerField(default=1)
    price = money()

    class Meta:
        db_table = "order_lines"
        # The unique constraint is also the index of `order`: it begins with it.
        indexes = [Index(fields=["product"], name="order_line_product_index")]
        constraints = [
            UniqueConstraint(fields=["order", "product"], name="order_line_once_per_product"),
            rule("order_line_quantity_positive", Q(quantity__gte=1), "A quantity is at least 1."),
            rule("order_line_price_not_negative", Q(price__gte=0), "A price is not below 0."),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.product}"


def _remove(lines: models.QuerySet[OrderLine]) -> dict[Key, int]:
    """Delete these lines; how many of each product they had."""
    quantities: Counter[Key] = Counter()
    for product, quantity in lines.values_list("product", "quantity"):
        quantities[product] += quantity
    lines.delete()
    return quantities


def total(lines: Iterable[OrderLine]) -> Decimal:
    """The exact sum of the lines; raises SubtotalTooLarge beyond what an amount can hold."""
    amount = sum((line.price * line.quantity for line in lines), Decimal("0.00"))
    if amount > MAX_AMOUNT:
        raise SubtotalTooLarge
    return amount


class IdempotencyRecord(models.Model):
    """The answer to a request that came with an Idempotency-Key, for when it comes again."""

    client = models.CharField(max_length=64, help_text="SHA-256 of the client's name and the key.")
    key = models.CharField(max_length=255)
    request = models.CharField(max_length=64, help_text="SHA-256 of method, path and body.")
    body: models.Field[str, str] = CompressedTextField(db_column="compressed_body")
    location = models.CharField(max_length=250)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "stored_answers"  # as it was called first, and in every bank that there is
        constraints = [
            # Two of the same at once: the second is refused here, runs again and finds the first.
            UniqueConstraint(fields=["client", "key"], name="stored_answer_once_per_key")
        ]
        indexes = [Index(fields=["created"], name="stored_answer_created_index")]

    def __str__(self) -> str:
        return self.key


class UnfinishedCopy(models.Model):
    """While there is one of these, the data of another bank is being copied into this one."""

    started = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "unfinished_copies"
        verbose_name_plural = "unfinished copies"

    def __str__(self) -> str:
        return f"Copy of {self.started}"


class DemoData(models.Model):
    """How many of the wanted demo orders there are: see bank/demo.py. At most one row."""

    orders = models.BigIntegerField()
    wanted = models.BigIntegerField()

    class Meta:
        db_table = "demo_data"
        verbose_name_plural = "demo data"

    def __str__(self) -> str:
        return f"{self.orders} of {self.wanted} demo orders"
