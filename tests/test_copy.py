"""Export and import: the target has all of the data, or is refused as incomplete."""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.test import Client

from bank.models import Customer, IdempotencyRecord, Order, OrderLine, Product, UnfinishedCopy
from bank.transfer import export, importer
from bank.transfer.export import digest
from tests.api import Api
from tests.serving import Server, start

KEY = {"Idempotency-Key": "8e03978e-40d5-43dd-bc93-6894a57f9324"}
OTHER = "doltlite" if settings.BACKEND == "postgresql" else "postgresql"

Load = Callable[..., str]


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Load:
    """Return a function that runs bank_import with these lines and returns its output."""

    def load(lines: str | bytes, **options: Any) -> str:
        stream = lines if isinstance(lines, bytes) else lines.encode()
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stream)))
        call_command("bank_import", **options)
        return capsys.readouterr().out

    return load


@pytest.fixture
def exported(api: Api, capsys: pytest.CaptureFixture[str]) -> str:
    """Export a small bank, delete its data and return the lines of the export."""
    api.customer("Ada")
    customer, pen, cup = api.customer("Carl"), api.product("Pen", stock=9), api.product("Cup")
    order = {"customer": customer, "products": [{"id": cup["id"]}, {"id": pen["id"]}]}
    api.post("/order/", order, **KEY)
    api.order(customer, pen)
    api.put(f"/product/{pen['id']}/", {**pen, "price": "9999999999999999.99", "stock": 3})
    call_command("bank_export")
    lines = capsys.readouterr().out
    remove_all()
    return lines


def remove_all() -> None:
    """Delete all data without resetting the sequences of keys."""
    for model in (OrderLine, Order, Product, Customer, IdempotencyRecord):
        model.objects.all().delete()


def answered() -> list[Any]:
    """Return the stored answers' keys and times."""
    return list(IdempotencyRecord.objects.order_by("pk").values_list("key", "created"))


def content(api: Api) -> list[Any]:
    return [api.get(f"/{kind}/").json() for kind in ("customer", "product", "order")]


def errors() -> list[str | None]:
    """Return the errors of the system checks, each of which prevents a start."""
    return [found.id for found in run_checks(databases=["default"]) if found.is_serious()]


def with_foreign_keys(lines: str) -> str:
    """Replace the keys by ones of another type, as another database would have exported them."""
    first, *records, last = lines.splitlines()
    foreign = [json.loads(record) for record in records]
    for number, record in enumerate(foreign):
        record[1] = f"key-{number}"
    return "\n".join([first, *map(json.dumps, foreign), last, ""])


def with_larger_keys(lines: str) -> str:
    """Replace the keys by ones that are larger than the next keys of this bank."""
    first, *records, last = lines.splitlines()
    moved = [json.loads(record) for record in records]
    for record in moved:
        if isinstance(record[1], int):  # an ObjectId depends on the time, not on earlier keys
            record[1] += 5000
    return "\n".join([first, *map(json.dumps, moved), last, ""])


def test_an_import_restores_everything_that_was_exported(
    api: Api, exported: str, load: Load
) -> None:
    expected = json.loads(exported.splitlines()[-1])["hash"]

    said = load(exported)

    customers, products, orders = content(api)
    assert export.number() == 7
    assert said == f"7 records copied, content {expected}\n"
    assert digest() == expected
    assert [customer["name"] for customer in customers] == ["Ada", "Carl"]
    assert [(p["price"], p["stock"]) for p in products] == [
        ("9999999999999999.99", 3),
        ("1.20", None),
    ]
    assert [
        [(line["name"], line["price"], line["quantity"]) for line in order["products"]]
        for order in orders
    ] == [[("Cup", "1.20", 1), ("Pen", "1.20", 1)], [("Pen", "1.20", 1)]]
    assert [order["subtotal"] for order in orders] == ["2.40", "1.20"]
    assert [order["customer"]["name"] for order in orders] == ["Carl", "Carl"]


def test_keys_are_kept_if_possible_and_new_keys_follow_them(
    api: Api, exported: str, load: Load
) -> None:
    keys = [json.loads(line)[1] for line in exported.splitlines() if line.startswith("[")]

    load(exported)
    new = api.customer("Dora")

    customers, products, orders = content(api)
    shown = [found["id"] for found in (*customers[:2], *products, *orders)]
    assert shown == keys[:6]
    assert customers[-1] == new
    assert new["id"] not in shown[:2]


def test_keys_of_another_type_are_replaced_by_new_keys(api: Api, exported: str, load: Load) -> None:
    expected = json.loads(exported.splitlines()[-1])["hash"]

    load(with_foreign_keys(exported))

    _, (pen, cup), (first, second) = content(api)
    assert digest() == expected
    assert [line["id"] for line in first["products"]] == [cup["id"], pen["id"]]
    assert [line["id"] for line in second["products"]] == [pen["id"]]


def test_a_request_answered_by_the_source_is_not_executed_again_by_the_target(
    api: Api, exported: str, load: Load
) -> None:
    load(with_foreign_keys(exported))
    (_, carl), (pen, cup), (first, _) = content(api)
    # The request is exactly the one that was sent to the source, with the source's keys.
    stored = IdempotencyRecord.objects.get()

    assert json.loads(stored.body)["id"] == first["id"]
    assert json.loads(stored.body)["customer"] == carl
    assert stored.location == f"/order/{first['id']}/"
    assert api.get(stored.location).status_code == 200


def test_a_target_that_is_not_empty_is_refused_and_unchanged(
    api: Api, exported: str, load: Load
) -> None:
    api.customer("Dora")

    with pytest.raises(CommandError, match="Copy into an empty one"):
        load(exported)

    assert [customer["name"] for customer in api.get("/customer/").json()] == ["Dora"]
    assert not UnfinishedCopy.objects.exists()


@pytest.mark.parametrize("lines", [1, 3, 7])
def test_an_unfinished_copy_is_refused_until_it_is_repeated(
    api: Api, exported: str, load: Load, lines: int
) -> None:
    with pytest.raises(CommandError, match="The data of this bank is incomplete"):
        load("".join(exported.splitlines(keepends=True)[:lines]))
    refused = errors()

    load(exported, discard=True)

    assert (refused, errors()) == (["bank.E002"], [])
    assert digest() == json.loads(exported.splitlines()[-1])["hash"]


def test_records_beside_an_unfinished_copy_are_deleted_only_with_discard(
    api: Api, exported: str, load: Load
) -> None:
    with pytest.raises(CommandError, match="stop the application"):
        load("".join(with_larger_keys(exported).splitlines(keepends=True)[:4]))
    written = api.post("/customer/", {"name": "Dora"})

    with pytest.raises(CommandError, match=r"It has 3 records.*nothing was changed.*--discard"):
        load(exported)
    kept = [customer["name"] for customer in api.get("/customer/").json()]
    load(exported, discard=True)

    assert (written.status_code, kept) == (200, ["Ada", "Carl", "Dora"])
    assert [customer["name"] for customer in api.get("/customer/").json()] == ["Ada", "Carl"]


def test_discard_does_not_delete_complete_data(api: Api, exported: str, load: Load) -> None:
    api.customer("Dora")

    with pytest.raises(CommandError, match="Copy into an empty one"):
        load(exported, discard=True)

    assert [customer["name"] for customer in api.get("/customer/").json()] == ["Dora"]


def test_an_unfinished_bank_is_neither_exported_nor_filled_with_demo_data(
    exported: str, load: Load, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(CommandError):
        load("".join(exported.splitlines(keepends=True)[:4]))
    capsys.readouterr()

    for command in (["bank_export"], ["bank_demo"], ["bank_demo", "--if-empty"]):
        with pytest.raises(CommandError, match="its data is incomplete"):
            call_command(*command)

    assert capsys.readouterr().out == ""
    assert (Customer.objects.count(), Order.objects.count()) == (2, 0)


@pytest.mark.parametrize(
    "line",
    ["", "garbage", "{}", "[]", '{"records":"x"}', '{"records":-1}', '["customer",1', b"\xff\xfe"],
)
def test_an_invalid_first_line_is_refused(db: None, load: Load, line: str | bytes) -> None:
    begin = line if isinstance(line, bytes) else line.encode()

    with pytest.raises(CommandError, match="^Line 1 of the input is not the number of records"):
        load(begin + b"\n")

    assert not UnfinishedCopy.objects.exists()


def test_an_empty_input_is_refused(db: None, load: Load) -> None:
    with pytest.raises(CommandError, match="The input is empty"):
        load("")


@pytest.mark.parametrize(
    "line",
    [
        *("", "garbage", "[]", '["customer",1', '["nope",1,{}]', b"\xff\xfe", "[" * 100_000),
        '["customer",9223372036854775808,{"name":"A"}]',
        '["customer",1,{"name":""}]',
        f'["customer",1,{{"name":"{"A" * 251}"}}]',
        '["product",1,{"name":"A","price":"-5.00","stock":3}]',
        '["product",1,{"name":"A","price":"5.00","stock":-3}]',
        '["product",1,{"name":"A","price":"5.00","stock":3,"id":7}]',
        '["order",1,{"customer":-1,"subtotal":"1.00","lines":[]}]',
        '["order",1,{"customer":0,"subtotal":"1.00","lines":[[0,"1.00",0]]}]',
        '["answer",1,{"client":"","key":"k","request":"r","created":"2026-01-02T03:04:05.000+00:00",'
        '"kind":"customer","body":null,"verbatim":["/customer/1/","not JSON"]}]',
        '["order",1,{"customer":0,"subtotal":"1.00","lines":[[0,"1.00",2147483648]]}]',
        '["order",1,{"customer":0,"subtotal":"1.00","lines":[[0,"-1.00",1]]}]',
        '["product",1,{"name":"A","price":"5.00"}]',
        '["answer",1,{"client":null,"key":"k","request":"r","created":"2026-01-02T03:04:05.000Z",'
        '"kind":"customer","body":null,"verbatim":["/customer/1/","{}"]}]',
    ],
)
def test_a_line_that_is_not_a_record_is_refused(db: None, load: Load, line: str | bytes) -> None:
    wrong = line if isinstance(line, bytes) else line.encode()
    lines = [b'{"records":2}', b'["customer",1,{"name":"A"}]', wrong, b'{"hash":"x"}', b""]

    with pytest.raises(CommandError, match=r"^Line 3 of the input is not a record\.$"):
        load(b"\n".join(lines))

    assert UnfinishedCopy.objects.exists()


def test_records_that_the_database_refuses_are_a_one_line_error(db: None, load: Load) -> None:
    answer = ["answer", 1, dict.fromkeys(("client", "key", "request", "created", "kind"), "x")]
    answer[2] |= {"body": None, "verbatim": None}

    with pytest.raises(CommandError, match=r"^The records up to line 3 of the input cannot be"):
        load('{"records":1}\n' + json.dumps(answer) + '\n{"hash":"x"}\n')

    assert UnfinishedCopy.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        '{"id": null}', '{"id": [1]}', '{"id": 1e400}', '{"id": "x"}', "{}",
        '{"id": 1, "customer": 5, "products": []}', '{"id": 1, "products": null}',
    ],
)  # fmt: skip
def test_a_stored_response_of_another_form_is_copied_as_it_is(
    db: None, load: Load, capsys: pytest.CaptureFixture[str], body: str
) -> None:
    stored = {"client": "ann", "key": "k", "request": "r", "location": "/order/1/"}
    IdempotencyRecord.objects.create(**stored, body=body)
    call_command("bank_export")
    lines = capsys.readouterr().out
    remove_all()

    load(lines)

    assert list(IdempotencyRecord.objects.values(*stored, "body")) == [stored | {"body": body}]


@pytest.mark.parametrize("number", [6, 8])
def test_a_wrong_number_of_records_is_refused(exported: str, load: Load, number: int) -> None:
    with pytest.raises(CommandError, match="differs from the data that was to be copied"):
        load(exported.replace('"records": 7', f'"records": {number}'))

    assert UnfinishedCopy.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_export_contains_nothing_of_an_order_placed_meanwhile(
    client: Client, capsys: pytest.CaptureFixture[str], small_pages: None
) -> None:
    api = Api(client)
    customer = api.customer()
    products = [api.product(f"P{n}", stock=9) for n in range(5)]
    api.order(customer, *products)
    before, placed = digest(), []

    def place() -> Any:
        try:
            return api.order(customer, *products)
        finally:
            connections.close_all()

    def between_pages(execute: Callable[..., Any], sql: Any, *rest: Any) -> Any:
        result = execute(sql, *rest)
        if "products" in str(sql) and not placed:
            with ThreadPoolExecutor(1) as pool:
                placed.append(pool.submit(place).result(60))
        return result

    with connection.execute_wrapper(between_pages):
        call_command("bank_export")

    first, *_, last = map(json.loads, capsys.readouterr().out.splitlines())
    assert placed and api.get("/order/").json()[-1] == placed[0]
    assert (first["records"], last["hash"]) == (7, before)
    assert digest() != before


def test_an_export_of_an_earlier_version_is_imported_and_exported_unchanged(
    db: None, load: Load, capsys: pytest.CaptureFixture[str]
) -> None:
    earlier = Path(__file__).with_name("exports") / "before_columns_were_derived.jsonl"
    first, *records, last = earlier.read_text().splitlines()

    load(earlier.read_bytes())
    call_command("bank_export")

    exported = capsys.readouterr().out.splitlines()
    assert (exported[0], exported[-1]) == (first, last)
    assert [json.loads(line)[2] for line in exported[1:-1]] == [json.loads(r)[2] for r in records]


def test_a_lost_record_is_detected(exported: str, load: Load) -> None:
    lines = [line for line in exported.splitlines(keepends=True) if "Ada" not in line]

    with pytest.raises(CommandError, match="differs from the data that was to be copied"):
        load("".join(lines))

    assert UnfinishedCopy.objects.exists()


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make pages and batches so small that even a small bank has several of them."""
    monkeypatch.setattr(export, "PAGE", 2)
    monkeypatch.setattr(importer, "BATCH", 2)


def test_several_pages_and_batches_are_copied_in_their_order(
    api: Api, load: Load, small_pages: None, capsys: pytest.CaptureFixture[str]
) -> None:
    for n in range(5):
        answer = api.post("/customer/", {"name": f"C{n}"}, **{"Idempotency-Key": f"key-{n}"})
        IdempotencyRecord.objects.filter(key=f"key-{n}").update(
            created=datetime(2026, 1, 1 + n, tzinfo=UTC)
        )
        api.order(answer.json(), *((api.product(f"P{n}-{m}"), n + 1) for m in range(2)))
    before, times = content(api), answered()
    call_command("bank_export")
    lines = capsys.readouterr().out
    remove_all()

    load(lines)

    assert content(api) == before
    assert answered() == times
    assert [len(kind) for kind in before] == [5, 10, 5]


def test_new_keys_come_after_larger_ones_that_were_copied(
    api: Api, exported: str, load: Load
) -> None:
    load(with_larger_keys(exported))
    api.order(api.customer("Dora"), api.product("Mug"))

    customers, products, orders = content(api)
    assert (customers[-1]["name"], products[-1]["name"]) == ("Dora", "Mug")
    assert orders[-1]["customer"]["name"] == "Dora"


@pytest.mark.parametrize(
    ("kind", "member", "value"),
    [
        ("customer", "name", "Ann"),
        ("product", "price", "1.21"),
        ("product", "stock", 4),
        ("order", "subtotal", "9.99"),
        ("order", "lines", [[0, "1.20", 2]]),
        ("order", "lines", [[0, "1.30", 1]]),
        ("order", "customer", 0),
        ("answer", "created", "2020-01-01T00:00:00.000+00:00"),
        ("answer", "key", "another"),
    ],
)
def test_a_changed_value_is_detected(
    exported: str, load: Load, kind: str, member: str, value: Any
) -> None:
    lines = exported.splitlines()
    number = max(n for n, line in enumerate(lines) if line.startswith(f'["{kind}"'))
    record = json.loads(lines[number])
    assert record[2][member] != value
    record[2][member] = value
    lines[number] = json.dumps(record)

    with pytest.raises(CommandError, match="differs from the data that was to be copied"):
        load("\n".join([*lines, ""]))

    assert UnfinishedCopy.objects.exists()


def test_the_data_of_the_target_is_compared_after_the_import(
    exported: str, load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importer.Importer, "_customer", lambda *_: Customer(name="Eve"))

    with pytest.raises(CommandError, match="differs from the data that was to be copied"):
        load(exported)


def test_data_survives_a_copy_to_another_backend_and_back_with_a_kill_9(
    server: Server, tmp_path: Path
) -> None:
    server.data = tmp_path / "there" / settings.BACKEND
    server.start()
    server.stop()
    said = tmp_path / "said"

    def copy(source: str, target: str, data: str, *, kill: bool = False) -> str:
        process = start(
            "runner", "copy", source, target, "--data", str(tmp_path / data), output=said
        )
        if kill:
            while "records" not in said.read_text():
                assert process.poll() is None
            process.kill()
        assert process.wait(120) == (-9 if kill else 0), said.read_text()
        return "".join(re.findall("content (.*)", said.read_text()))

    copy(settings.BACKEND, OTHER, "there", kill=True)
    there = copy(settings.BACKEND, OTHER, "there")
    (tmp_path / "back").mkdir()
    (tmp_path / "there" / OTHER).rename(tmp_path / "back" / OTHER)
    back = copy(OTHER, settings.BACKEND, "back")

    assert there == back != ""
