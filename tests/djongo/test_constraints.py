"""The database enforces unique constraints only; Djongo without this engine enforces none."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection

from bank.models import IdempotencyRecord, Order, OrderLine, Product
from bank.transactions.error_kinds import broken_constraint
from tests.api import Api
from tests.djongo.column_types import ColumnTypes

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("order_lines", ["order_id", "product_id"]),
        ("stored_answers", ["client", "key"]),
        ("auth_group_permissions", ["group_id", "permission_id"]),
        ("auth_user", ["username"]),
    ],
)
def test_a_unique_constraint_has_a_unique_index(table: str, columns: list[str]) -> None:
    indexes = connection.database[table].index_information().values()

    unique = [index for index in indexes if index.get("unique")]

    assert [(column, 1) for column in columns] in [index["key"] for index in unique]


def test_an_integrity_error_names_the_violated_constraint() -> None:
    def store() -> None:
        IdempotencyRecord.objects.create(client="ann", key="one", request="", body="", location="")

    store()
    with pytest.raises(IntegrityError) as caught:
        store()

    assert broken_constraint(caught.value) == "stored_answer_once_per_key"
    assert IdempotencyRecord.objects.count() == 1


def test_the_database_enforces_a_unique_column(column_types: type[ColumnTypes]) -> None:
    column_types.objects.create(name="one")

    with pytest.raises(IntegrityError):
        column_types.objects.create(name="one")


def test_the_database_enforces_no_check_constraint() -> None:
    Product.objects.create(name="", price=-1, stock=-1)

    assert Product.objects.values_list("name", "price", "stock").get() == ("", -1, -1)


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"name": "Pen", "price": -1}, {"name": "Pen", "price": 1, "stock": -1}]
)
def test_model_validation_evaluates_check_constraints_on_the_server(wrong: dict[str, int]) -> None:
    with pytest.raises(ValidationError):
        Product(**wrong).full_clean()

    Product(name="Pen", price=0, stock=None).full_clean()


def test_the_database_accepts_an_order_of_an_unknown_customer() -> None:
    Order.objects.create(customer_id=99, subtotal=1)

    assert list(Order.objects.select_related("customer")) == []


def test_adding_a_many_to_many_relation_twice_stores_it_once() -> None:
    group, permission = Group.objects.create(name="clerks"), Permission.objects.all()[0]

    for _ in range(2):
        group.permissions.add(permission)

    assert list(group.permissions.all()) == [permission]


def test_deleting_an_order_deletes_its_lines(api: Api) -> None:
    order = api.order(api.customer(), api.product())

    Order.objects.get(pk=order["id"]).delete()

    assert OrderLine.objects.count() == 0
