"""A column added to a model is copied, is in the admin, and in the API if a schema names it."""

from __future__ import annotations

import importlib
import io
import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.util import find_spec, module_from_spec
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import FieldDoesNotExist, ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import connection, models
from django.test import Client
from django.urls import clear_url_caches
from pydantic import ValidationError
from pytest_django.plugin import DjangoDbBlocker

import bank
from bank.api.from_model import Input, from_model
from bank.models import Customer, IdempotencyRecord, Order, OrderLine, Product, UnfinishedCopy
from bank.transfer.export import digest
from tests.admin_pages import change, form_of
from tests.api import Api, pointers
from tests.owner import as_owner

Model = type[models.Model]
Added = tuple[Model, str, "models.Field[Any, Any]"]
LIMITS: list[Any] = [*map(MinValueValidator, (1, 0)), *map(MaxValueValidator, (9000, 10_000))]
SINCE = datetime(2026, 1, 2, 3, 4, 5, 678000, UTC)


def columns() -> list[Added]:
    """Return the columns that are added to the models; NAMED adds some of them to the schemas."""
    return [
        (Customer, "born", models.DateField(null=True, blank=True)),
        (Customer, "email", models.EmailField(blank=True, help_text="For receipts.")),
        (Customer, "remark", models.CharField(max_length=100, default="none")),
        (Product, "grams", models.IntegerField(null=True, validators=LIMITS)),
        (Product, "cost", models.DecimalField(max_digits=7, decimal_places=3, default=0)),
        (Order, "gift", models.BooleanField(default=False)),
        (Order, "since", models.DateTimeField(auto_now_add=True, null=True)),
        (OrderLine, "colour", models.TextField(default="any")),
        (OrderLine, "batch", models.BigIntegerField(default=0)),
    ]


NAMED = [  # the edits of bank/api/schemas.py
    ('CUSTOMER = ("name",)', 'CUSTOMER = ("name", "email", "born")'),
    ('PRODUCT = ("name", "price", "stock")', 'PRODUCT = ("name", "price", "stock", "grams")'),
    ('ORDER = ("subtotal",)', 'ORDER = ("subtotal", "gift", "since")'),
    ('LINE = ("price", "quantity")', 'LINE = ("price", "quantity", "colour")'),
    ('PRODUCT_OF_LINE = ("name",)', 'PRODUCT_OF_LINE = ("name", "grams")'),
]


@contextmanager
def declared(added: list[Added]) -> Iterator[None]:
    """Add these columns to the models during the block."""
    for model, name, field in added:
        field.contribute_to_class(model, name)
    yield
    for model, name, field in added:
        model._meta.local_fields.remove(field)
        model._meta._expire_cache()
        delattr(model, name)


@contextmanager
def migrated(added: list[Added]) -> Iterator[None]:
    """Add these columns to the tables during the block."""
    for model, _, field in added:
        with as_owner(), connection.schema_editor() as editor:
            editor.add_field(model, field)
    yield
    for model, _, field in added:
        with as_owner(), connection.schema_editor() as editor:
            editor.remove_field(model, field)


@contextmanager
def imported_with(edits: list[tuple[str, str]]) -> Iterator[None]:
    """Import the API again, with these edits of bank/api/schemas.py, during the block."""
    importlib.import_module("myproject.urls")
    names = [name for name in sys.modules if re.match(r"bank\.api\b|myproject\.urls$", name)]
    before = {name: sys.modules.pop(name) for name in names}
    try:
        execute_schemas(edits)
        importlib.import_module("myproject.urls")
        clear_url_caches()
        yield
    finally:
        for name in [name for name in sys.modules if re.match(r"bank\.api\b", name)]:
            del sys.modules[name]
        sys.modules.update(before)
        bank.api = before["bank.api"]  # type: ignore[attr-defined]
        clear_url_caches()


def execute_schemas(edits: list[tuple[str, str]]) -> None:
    spec = find_spec("bank.api.schemas")
    assert spec and spec.origin
    source = Path(spec.origin).read_text()
    for old, new in edits:
        assert source.count(old) == 1, old
        source = source.replace(old, new)
    module = sys.modules[spec.name] = module_from_spec(spec)
    exec(compile(source, spec.origin, "exec"), module.__dict__)  # noqa: S102


@pytest.fixture(scope="module")
def _added(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    added = columns()
    with django_db_blocker.unblock(), declared(added), migrated(added), imported_with(NAMED):
        yield


@pytest.fixture
def api(_added: None, client: Client, db: None) -> Api:
    """Return a client of the API with the added columns."""
    return Api(client)


def test_posted_values_are_in_every_response(api: Api) -> None:
    sent = {"name": "Ann", "email": "ann@example.org", "born": "2001-02-03"}
    ann = api.post("/customer/", sent).json()
    pen = api.post("/product/", {"name": "Pen", "price": "1.20", "grams": 12}).json()
    order = api.post("/order/", {"customer": ann, "products": [pen], "gift": True}).json()

    assert ann == {"id": ann["id"], **sent}
    assert pen == {"id": pen["id"], "name": "Pen", "price": "1.20", "stock": None, "grams": 12}
    line = {"id": pen["id"], "name": "Pen", "grams": 12, "price": "1.20", "quantity": 1}
    line["colour"] = "any"
    since = Order.objects.get().since.isoformat(timespec="milliseconds")  # type: ignore[attr-defined]
    members = {"subtotal": "1.20", "gift": True, "since": since}
    assert order == {"id": order["id"], **members, "customer": ann, "products": [line]}
    for kind, document in (("customer", ann), ("product", pen), ("order", order)):
        assert api.get(f"/{kind}/{document['id']}/").json() == document
        assert api.list(f"/{kind}/") == [document]


def test_an_order_reads_the_added_columns_of_all_its_products_at_once(api: Api) -> None:
    products = [api.product("Pen"), api.product("Cup")]

    order = api.order(api.customer(), *products)  # Api refuses repeated statements

    assert [line["grams"] for line in order["products"]] == [None, None]


def test_put_stores_the_sent_value_or_the_default(api: Api) -> None:
    ann = api.post("/customer/", {"name": "Ann", "email": "ann@example.org"}).json()
    path = f"/customer/{ann['id']}/"

    sent = api.put(path, {"name": "Ann", "email": "a@example.org"}).json()
    left_out = api.put(path, {"name": "Ann"}).json()
    blank = api.put(path, {"name": "Ann", "email": "", "born": None}).json()

    assert (sent["email"], left_out["email"]) == ("a@example.org", "")
    assert api.get(path).json() == left_out == blank


def test_the_api_enforces_the_limits_of_the_model(api: Api) -> None:
    price = {"name": "Pen", "price": 1}

    assert pointers(api.post("/customer/", {"name": "Ann", "email": "ann"})) == ["#/email"]
    assert pointers(api.post("/customer/", {"name": "Ann", "email": "a\0@b.org"})) == ["#/email"]
    assert pointers(api.post("/customer/", {"name": "Ann", "born": "3.2.2001"})) == ["#/born"]
    assert pointers(api.post("/product/", {**price, "grams": 9001})) == ["#/grams"]
    assert pointers(api.post("/product/", {**price, "grams": "12"})) == ["#/grams"]
    assert pointers(api.post("/order/", {"customer": {"id": 1}, "gift": 1})) == ["#/gift"]


def test_openapi_documents_the_columns_that_a_schema_names(api: Api) -> None:
    schemas = api.get("/openapi.json").json()["components"]["schemas"]

    assert schemas["CustomerIn"]["properties"]["email"]["maxLength"] == 254
    assert schemas["CustomerIn"]["properties"]["email"]["description"] == "For receipts."
    assert schemas["CustomerOut"]["properties"]["email"]["type"] == "string"
    assert schemas["CustomerIn"]["properties"]["born"]["anyOf"][0]["format"] == "date"
    grams = schemas["ProductIn"]["properties"]["grams"]["anyOf"][0]
    assert (grams["minimum"], grams["maximum"]) == (1, 9000)
    assert schemas["OrderIn"]["properties"]["gift"]["type"] == "boolean"
    assert "gift" not in schemas["OrderIn"]["required"]
    assert schemas["LineOut"]["properties"]["colour"]["type"] == "string"
    assert schemas["OrderOut"]["properties"]["since"]["anyOf"][0]["format"] == "date-time"
    assert "since" not in schemas["OrderIn"]["properties"]
    assert not re.search("remark|cost|batch|_token", json.dumps(schemas))


def test_put_does_not_change_a_column_that_clients_do_not_send(api: Api) -> None:
    ann, pen = api.customer("Ann"), api.product("Pen")
    order = api.order(ann, pen)
    fill()

    api.put(f"/customer/{ann['id']}/", {"name": "Anna"})
    api.put(f"/product/{pen['id']}/", {"name": "Biro", "price": "2.00"})
    api.put(f"/order/{order['id']}/", {"customer": ann, "products": [{**pen, "quantity": 3}]})

    assert api.list("/customer/")[0]["name"] == "Anna"
    assert api.list("/order/")[0]["subtotal"] == "6.00"
    assert found() == FILLED


FILLED = ["a\nb 🧾", "1.125", SINCE, "red", 2**40]


def fill() -> None:
    """Set the columns that clients do not send, in a bank with one order."""
    Customer.objects.update(remark="a\nb 🧾")
    Product.objects.update(cost="1.125")
    Order.objects.update(since=SINCE)
    OrderLine.objects.update(colour="red", batch=2**40)


def found() -> list[Any]:
    """Return the values of these columns."""
    customer, product = Customer.objects.values_list("remark"), Product.objects.values_list("cost")
    order = Order.objects.values_list("since")
    line = OrderLine.objects.values_list("colour", "batch")
    [(remark,)], [(cost,)], [(since,)], [(colour, batch)] = customer, product, order, line
    return [remark, str(cost), since, colour, batch]


def test_a_copy_and_its_hash_contain_every_column(
    api: Api, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ann = api.post("/customer/", {"name": "Ann", "email": "ann@example.org"}).json()
    api.post("/order/", {"customer": ann, "products": [api.product("Pen")], "gift": True})
    fill()
    before = digest(), found(), api.list("/customer/"), api.list("/order/")
    call_command("bank_export")
    lines = capsys.readouterr().out
    for model in (OrderLine, Order, Product, Customer, IdempotencyRecord):
        model.objects.all().delete()

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines.encode())))
    call_command("bank_import")

    assert (digest(), found(), api.list("/customer/"), api.list("/order/")) == before
    contents = [json.loads(line)[2] for line in lines.splitlines()[1:-1]]
    assert contents == [
        {"name": "Ann", "email": "ann@example.org", "born": None, "remark": "a\nb 🧾"},
        {"name": "Pen", "price": "1.20", "stock": None, "grams": None, "cost": "1.125"},
        {
            **{"customer": 0, "subtotal": "1.20", "gift": True},
            "since": "2026-01-02T03:04:05.678+00:00",
            "lines": [[0, "1.20", 1, "red", 2**40]],
        },
    ]


@pytest.mark.parametrize(
    ("model", "other"),
    [
        *((Customer, {"remark": "b"}), (Product, {"grams": 1}), (Product, {"cost": "0.001"})),
        *((Order, {"gift": True}), (Order, {"since": None}), (OrderLine, {"batch": 1})),
    ],
)
def test_a_changed_value_changes_the_hash(api: Api, model: Any, other: dict[str, Any]) -> None:
    api.order(api.customer(), api.product())
    before = digest()

    model.objects.update(**other)

    assert digest() != before


def test_the_admin_shows_and_changes_an_added_column(api: Api, admin: Client) -> None:
    path = f"/admin/bank/customer/{api.customer('Ann')['id']}/change/"

    assert form_of(admin, path)["remark"] == "none"
    assert change(admin, path, email="ann@example.org", remark="paid")

    customer = Customer.objects.get()
    assert (customer.name, customer.email, customer.remark) == ("Ann", "ann@example.org", "paid")  # type: ignore[attr-defined]


def test_demo_data_has_the_defaults_of_added_columns(api: Api) -> None:
    call_command("bank_demo", "--orders", "2", verbosity=0)

    for order in api.list("/order/"):
        assert (order["gift"], order["customer"]["email"]) == (False, "")
        assert {line["colour"] for line in order["products"]} == {"any"}
    assert Order.objects.filter(since=None).count() == 0
    assert Order.objects.count() == 2


@pytest.mark.parametrize("sent", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_datetime_whose_year_in_utc_is_not_1_to_9999_is_refused(sent: str) -> None:
    with declared([(Customer, "joined", models.DateTimeField(null=True))]):

        @from_model(Customer, ["joined"])
        class Sent(Input):
            pass

    with pytest.raises(ValidationError, match="A datetime is in the years 1 to 9999, in UTC"):
        Sent.model_validate({"joined": sent})


@pytest.mark.parametrize(
    ("model", "field"),
    [
        (Customer, models.FileField()),
        (Product, models.ForeignKey(Customer, models.CASCADE, null=True, related_name="+")),
        (OrderLine, models.DateField(auto_now=True)),
    ],
)
def test_a_column_that_cannot_be_copied_is_refused_and_named(
    db: None, monkeypatch: pytest.MonkeyPatch, model: Any, field: Any
) -> None:
    stream = b'{"records": 0}\n{"hash": "x"}\n'
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stream)))
    message = rf"^bank\.{model.__name__}\.new is a {type(field).__name__}, .* nothing was done"

    with declared([(model, "new", field)]):
        with pytest.raises(CommandError, match=message):
            call_command("bank_export")
        with pytest.raises(CommandError, match=message):
            call_command("bank_import")

    assert not UnfinishedCopy.objects.exists()


def test_a_many_to_many_column_is_refused_and_named(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    field: Any = models.ManyToManyField(Product)
    field.name, field.model = "new", Customer

    with monkeypatch.context() as patched:
        patched.setattr(Customer._meta, "local_many_to_many", [field])
        with pytest.raises(CommandError, match=r"^bank\.Customer\.new is a ManyToManyField"):
            call_command("bank_export")


@pytest.mark.parametrize("field", [models.DurationField(), models.DecimalField("", "", 7, 3)])
def test_a_type_that_no_schema_can_derive_is_declared_in_the_schema_itself(field: Any) -> None:
    named = ('LINE = ("price", "quantity")', 'LINE = ("price", "quantity", "new")')
    itself = ("class LineOut(Document):\n    pass", "class LineOut(Document):\n    new: str")
    message = (
        rf"^bank\.OrderLine\.new: declare the member of a {type(field).__name__} in the schema"
    )

    with declared([(OrderLine, "new", field)]):
        with pytest.raises(ImproperlyConfigured, match=message), imported_with([named]):
            pass
        with imported_with([named, itself]):
            pass


def test_a_schema_that_names_an_unknown_column_is_an_error_at_startup() -> None:
    edit = [('PRODUCT = ("name",', 'PRODUCT = ("colour", "name",')]

    with pytest.raises(FieldDoesNotExist, match="no field named 'colour'"), imported_with(edit):
        pass
