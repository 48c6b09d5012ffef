"""The data of one bank in another: all of it, or a bank that everybody refuses."""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.checks import run_checks
from django.core.management import CommandError, call_command

from bank.copying import digest
from bank.models import Customer, Product, StoredAnswer, UnfinishedCopy
from tests.api import Api
from tests.serving import Server, run_backends

KEY = {"Idempotency-Key": "8e03978e-40d5-43dd-bc93-6894a57f9324"}
OTHER = "doltlite" if settings.BACKEND == "postgresql" else "postgresql"

Load = Callable[[str], str]


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Load:
    """What bank_import says to these lines."""

    def load(lines: str) -> str:
        monkeypatch.setattr(sys, "stdin", io.StringIO(lines))
        call_command("bank_import")
        return capsys.readouterr().out

    return load


@pytest.fixture
def exported(api: Api, capsys: pytest.CaptureFixture[str]) -> str:
    """The lines of a small bank, which is empty afterwards."""
    api.customer("Ada")
    customer, pen, cup = api.customer("Carl"), api.product("Pen", stock=9), api.product("Cup")
    order = {"customer": customer, "products": [{"id": cup["id"]}, {"id": pen["id"]}]}
    api.post("/order/", order, **KEY)
    api.order(customer, pen)
    api.put(f"/product/{pen['id']}/", {**pen, "price": "9999999999999999.99", "stock": 3})
    call_command("bank_export")
    lines = capsys.readouterr().out
    for found in api.get("/order/").json():
        api.delete(f"/order/{found['id']}/")
    for model in (Product, Customer, StoredAnswer):
        model.objects.all().delete()
    return lines


def content(api: Api) -> list[Any]:
    return [api.get(f"/{kind}/").json() for kind in ("customer", "product", "order")]


def errors() -> list[str | None]:
    """What every start would refuse."""
    return [found.id for found in run_checks(databases=["default"]) if found.is_serious()]


def with_foreign_keys(lines: str) -> str:
    """As another kind of database would have exported them: keys that none of ours can be."""
    first, *records, last = lines.splitlines()
    foreign = [json.loads(record) for record in records]
    for number, record in enumerate(foreign):
        record[1] = f"key-{number}"
    return "\n".join([first, *map(json.dumps, foreign), last, ""])


def test_what_was_exported_is_the_same_after_an_import(api: Api, exported: str, load: Load) -> None:
    expected = json.loads(exported.splitlines()[-1])["hash"]

    said = load(exported)

    customers, products, orders = content(api)
    assert said == f"7 records copied, content {expected}\n"
    assert digest() == expected
    assert [customer["name"] for customer in customers] == ["Ada", "Carl"]
    assert [(p["price"], p["stock"]) for p in products] == [
        ("9999999999999999.99", 3),
        ("1.20", None),
    ]
    assert [[line["name"] for line in order["products"]] for order in orders] == [
        ["Cup", "Pen"],
        ["Pen"],
    ]
    assert [order["customer"]["name"] for order in orders] == ["Carl", "Carl"]


def test_keys_are_kept_where_they_can_be_and_new_ones_come_after_them(
    api: Api, exported: str, load: Load
) -> None:
    keys = [json.loads(line)[1] for line in exported.splitlines() if line.startswith("[")]

    load(exported)
    new = api.customer("Dora")

    customers, products, orders = content(api)
    shown = [found["id"] for found in (*customers[:2], *products, *orders)]
    assert shown == keys[:6]
    assert customers[-1] == new
    assert new["id"] not in shown


def test_keys_of_another_kind_become_keys_of_this_one(api: Api, exported: str, load: Load) -> None:
    expected = json.loads(exported.splitlines()[-1])["hash"]

    load(with_foreign_keys(exported))

    _, (pen, cup), (first, second) = content(api)
    assert digest() == expected
    assert [line["id"] for line in first["products"]] == [cup["id"], pen["id"]]
    assert [line["id"] for line in second["products"]] == [pen["id"]]


def test_a_request_that_was_answered_there_is_not_executed_again_here(
    api: Api, exported: str, load: Load
) -> None:
    load(with_foreign_keys(exported))
    (_, carl), (pen, cup), (first, _) = content(api)
    # The request is the one that was sent there, to the letter: its keys are those of there.
    stored = StoredAnswer.objects.get()

    assert json.loads(stored.body)["id"] == first["id"]
    assert json.loads(stored.body)["customer"] == carl
    assert stored.location == f"/order/{first['id']}/"
    assert api.get(stored.location).status_code == 200


def test_a_bank_that_is_not_empty_is_refused_and_stays_as_it_is(
    api: Api, exported: str, load: Load
) -> None:
    api.customer("Dora")

    with pytest.raises(CommandError, match="Copy into an empty one"):
        load(exported)

    assert [customer["name"] for customer in api.get("/customer/").json()] == ["Dora"]
    assert not UnfinishedCopy.objects.exists()


@pytest.mark.parametrize("lines", [1, 3, 7])
def test_a_copy_that_ended_in_the_middle_is_refused_until_it_is_done_again(
    api: Api, exported: str, load: Load, lines: int
) -> None:
    with pytest.raises(CommandError, match="This bank is not whole"):
        load("".join(exported.splitlines(keepends=True)[:lines]))
    refused = errors()

    load(exported)

    assert (refused, errors()) == (["bank.E002"], [])
    assert digest() == json.loads(exported.splitlines()[-1])["hash"]


def test_a_record_that_is_lost_on_the_way_is_noticed(exported: str, load: Load) -> None:
    lines = [line for line in exported.splitlines(keepends=True) if "Ada" not in line]

    with pytest.raises(CommandError, match="not what was to be copied"):
        load("".join(lines))

    assert UnfinishedCopy.objects.exists()


def test_to_another_backend_and_back_after_kill_9_in_the_middle(
    server: Server, tmp_path: Path
) -> None:
    server.data = tmp_path / "there" / settings.BACKEND
    server.start()
    server.stop()
    said = tmp_path / "said"

    def copy(source: str, target: str, data: str, *, kill: bool = False) -> str:
        process = run_backends("copy", source, target, "--data", str(tmp_path / data), output=said)
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
