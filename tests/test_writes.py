"""insert() and update() write what bulk_create() and bulk_update() write, from several threads."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from bank.models import Customer, IdempotencyRecord, OrderLine, Product
from bank.transactions import retry_transaction
from bank.transactions.error_kinds import broken_constraint
from bank.writes import insert, update
from tests.api import Api
from tests.orm.fields import Address
from tests.orm.models import Author, Book, Contact, Currency, Document, Member, Tag
from tests.threads import at_once

LONG = "日本語 🧾 %s '\"\\" * 20
ROWS: list[Any] = [
    pytest.param([Customer(name="%s")], id="one row"),
    pytest.param([Customer(name=LONG), Customer(name="x")], id="two rows"),
    pytest.param(
        [
            Product(name="a", price=Decimal("9999999999999999.99"), stock=None),
            Product(name="b", price=Decimal("0.01"), stock=2**31 - 1, stock_token=2**63 - 1),
            Product(name="c", price=1, stock=0, stock_token=None),
        ],
        id="numbers of different sizes",
    ),
    pytest.param([Document(data={"a": [1, None]}), Document(data=[])], id="JSON"),
    pytest.param(
        [Contact(name="a", labels={"x"}, address=Address("Main St", "Rome"))],
        id="columns of our own",
    ),
    pytest.param([Currency(code="EUR", name="Euro")], id="a key that is not generated"),
    pytest.param([Member(email="a"), Member(email="b")], id="a key with a default"),
    pytest.param([IdempotencyRecord(key=k, body=LONG) for k in "ab"], id="bytes"),
    pytest.param([Tag(name=f"{n}", weight=-n) for n in range(200)], id="many rows"),
]


@pytest.mark.django_db
@pytest.mark.parametrize("rows", ROWS)
def test_the_rows_are_those_of_bulk_create(rows: Any) -> None:
    model, generated = type(rows[0]), [f.name for f in rows[0]._meta.fields if f.name == "created"]
    names = [f.name for f in model._meta.fields if f.name not in ["id", *generated]]
    model.objects.bulk_create(rows)
    expected = list(model.objects.order_by("pk").values_list(*names))
    model.objects.all().delete()
    for row in rows:
        row._state.adding, row._state.db = True, None
        if model._meta.auto_field:
            row.pk = None

    insert(rows)

    assert list(model.objects.order_by("pk").values_list(*names)) == expected
    assert all(getattr(row, name) is not None for row in rows for name in generated)
    if len(rows) == 1 or connection.features.can_return_rows_from_bulk_insert:
        assert {(row._state.adding, row._state.db) for row in rows} == {(False, "default")}
        assert [model.objects.get(pk=row.pk) for row in rows[:3]] == rows[:3]


@pytest.mark.django_db
def test_foreign_keys_and_defaults_are_stored() -> None:
    author = Author(name="Herbert")
    insert([author])

    insert([Book(name="Dune", author=author, published=date(1965, 8, 1)), Book(author=author)])

    stored = Book.objects.order_by("-name").values_list(
        "name", "author__name", "publisher", "pages", "price", "available", "published"
    )
    rest = ("Herbert", None, 100, Decimal("10.00"), True)
    assert list(stored) == [("Dune", *rest, date(1965, 8, 1)), ("", *rest, None)]


UPDATES: list[Any] = [
    pytest.param(
        ("stock", "stock_token"), [(5, 2**63 - 1), (None, None), (2**31, 1)], id="numbers"
    ),
    pytest.param(("stock",), [(None,), (None,)], id="no value at all"),
    pytest.param(("name", "price"), [(LONG, Decimal("0.01")), ("x", 2)], id="text and decimals"),
    pytest.param(("stock",), [(n,) for n in range(1000, 1100)], id="100 rows"),
    pytest.param(("stock",), [(n,) for n in range(1000, 1101)], id="101 rows"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("names", "values"), UPDATES)
def test_the_updated_rows_are_those_of_bulk_update(names: Any, values: Any) -> None:
    everything = ["pk", *(column.name for column in Product._meta.fields)]
    Product.objects.bulk_create(Product(name="a", price=1, stock=n) for n in range(102))
    rows = list(Product.objects.order_by("pk"))[: len(values)]
    before = list(Product.objects.order_by("pk").values_list(*everything))
    for row, new in zip(rows, values, strict=True):
        row.__dict__ |= dict(zip(names, new, strict=True))
    Product.objects.bulk_update(rows, names)
    expected = list(Product.objects.order_by("pk").values_list(*everything))
    Product.objects.bulk_update([Product(*row[1:]) for row in before[: len(rows)]], names)

    update(rows, names)

    assert list(Product.objects.order_by("pk").values_list(*everything)) == expected != before


def test_an_error_of_an_update_names_its_constraint(api: Api) -> None:
    pen = api.product(stock=5)
    row = Product.objects.get()
    row.stock = -1

    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        update([row], ("stock",))

    assert broken_constraint(caught.value) == "product_stock_not_negative"
    assert api.stock(pen) == 5


@pytest.mark.django_db(transaction=True)
def test_threads_insert_at_the_same_time() -> None:
    numbers = count()

    def create(size: int) -> list[str]:
        names = [f"{next(numbers)}" for _ in range(size)]

        @retry_transaction  # DoltLite's writers wait for each other, at most a second
        def write() -> Customer:
            customer = Customer(name=names[0])
            insert([customer])
            insert([Customer(name=name) for name in names[1:]])
            return customer

        return [names[0], Customer.objects.get(pk=write().pk).name]

    pairs = at_once(create, 10 * [1, 2, 3, 4, 5], threads=5)

    assert all(name == stored for name, stored in pairs)
    stored_names = Customer.objects.values_list("name", flat=True)
    assert sorted(stored_names, key=int) == [f"{n}" for n in range(150)]


def test_an_error_names_its_constraint(api: Api) -> None:
    api.order(api.customer(), api.product())
    line = OrderLine.objects.get()
    wrong = OrderLine(order=line.order, product=line.product, price=1, quantity=0)

    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        insert([wrong])

    assert broken_constraint(caught.value) == "order_line_quantity_positive"


def test_a_caught_error_rolls_the_transaction_back(api: Api) -> None:
    api.order(api.customer(), api.product())
    line = OrderLine.objects.get()
    again = OrderLine(order=line.order, product=line.product, price=1, quantity=1)

    with transaction.atomic():
        insert([Customer(name="Ann")])
        with pytest.raises(IntegrityError):
            insert([again])
        assert connection.needs_rollback


@pytest.mark.django_db
def test_a_caught_error_of_an_update_rolls_the_transaction_back() -> None:
    insert([Tag(name="a"), Tag(name="b")])
    row = Tag.objects.get(name="b")
    row.name = "a"

    with transaction.atomic():
        insert([Customer(name="Ann")])
        with pytest.raises(IntegrityError):
            update([row], ("name",))
        assert connection.needs_rollback


@pytest.mark.django_db
def test_nothing_is_inserted_without_rows(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        insert([])
        update([], ("stock",))
