"""Products, and how their stock changes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import DEFAULT_DB_ALIAS, models
from django.db.models import Q

from bank.compiled import MOST_ROWS, Parameter, compiled
from bank.errors import NotEnoughStock, TooMuchStock, UnknownProducts
from bank.fields import MAX_COUNT, Key, money, new_token, rule
from bank.writes import update


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
        update(counted, ("stock", "stock_token"))
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
def _products(columns: tuple[str, ...], count: int) -> models.QuerySet[Any, Any]:
    keys: list[Any] = [Parameter(f"key{number}") for number in range(count)]
    return Product.objects.filter(pk__in=keys).values_list(*columns)


def _by_keys(keys: Collection[Key]) -> dict[Key, Product]:
    """Return the products with these keys, as in_bulk() would, in a third of its time."""
    if not keys:
        return {}
    if len(keys) > MOST_ROWS:
        return Product.objects.in_bulk(keys)
    columns = tuple(column.attname for column in Product._meta.concrete_fields)
    values = {f"key{number}": key for number, key in enumerate(keys)}
    rows = _products(columns, len(keys))(**values)
    products = (Product.from_db(DEFAULT_DB_ALIAS, columns, row) for row in rows)
    return {product.pk: product for product in products}


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
