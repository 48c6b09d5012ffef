"""The demo data: of any size, the same after any interruption, and never mixed with other data."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Sum

from bank import demo
from bank.errors import NotOnlyDemoData
from bank.models import Customer, DemoData, Order, OrderLine, Product
from bank.transfer.export import digest
from runner.backends import backend
from tests.api import Api
from tests.serving import ROOT

THERE = "nothing added: there is data already\n"


@pytest.mark.django_db
def test_a_large_demo_does_not_run_out_of_stock() -> None:
    counted = sum(stock for _, stock in demo.PRODUCTS.values() if stock)

    call_command("bank_demo", orders=250)

    assert Order.objects.count() == 250
    assert Product.objects.aggregate(left=Sum("stock"))["left"] == counted - 20


@pytest.mark.django_db
def test_demo_data_added_in_two_runs_equals_that_of_one_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    call_command("bank_demo", orders=45)
    at_once = digest()
    for model in (OrderLine, Order, Product, Customer):
        model.objects.all().delete()
    monkeypatch.setattr(demo, "BATCH", 7)

    for orders in (0, 10, 45):
        call_command("bank_demo", orders=orders)

    assert digest() == at_once


@pytest.mark.parametrize("kind", ["customer", "product"])
def test_demo_data_is_not_added_to_other_data(
    api: Api, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    api.some(kind)
    before = digest()

    call_command("bank_demo", if_empty=True)
    with pytest.raises(CommandError, match="data that is not demo data"):
        call_command("bank_demo")

    assert capsys.readouterr().out == THERE
    assert digest() == before


def test_demo_data_that_was_used_is_not_changed(
    api: Api, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("bank_demo", orders=5)
    DemoData.objects.update(wanted=9)
    api.order(api.list("/customer/?limit=1")[0])
    before = digest()
    capsys.readouterr()

    call_command("bank_demo", if_empty=True)

    assert capsys.readouterr().out == THERE
    assert digest() == before


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda: Customer.objects.create(name="Carl"), id="another customer"),
        pytest.param(lambda: Product.objects.create(name="Cup", price=1), id="another product"),
        pytest.param(
            lambda: Customer.objects.filter(name="Ada Adams").update(name="Ada"), id="a name"
        ),
        pytest.param(lambda: Product.objects.filter(name="Pen").update(price=1), id="a price"),
        pytest.param(lambda: Product.objects.filter(name="Pen").update(stock=None), id="no stock"),
    ],
)
@pytest.mark.django_db
def test_no_orders_are_added_to_changed_demo_data(change: Callable[[], object]) -> None:
    call_command("bank_demo", orders=5)
    change()

    with pytest.raises(CommandError, match="data that is not demo data"):
        call_command("bank_demo", orders=9)

    assert Order.objects.count() == 5


@pytest.mark.django_db
def test_interrupted_demo_data_with_changed_stock_is_not_continued(
    capsys: pytest.CaptureFixture[str],
) -> None:
    call_command("bank_demo", orders=100)
    DemoData.objects.update(wanted=200)
    Product.objects.exclude(stock=None).update(stock=0)
    before = digest()
    capsys.readouterr()

    call_command("bank_demo", if_empty=True)
    with pytest.raises(CommandError, match="data that is not demo data"):
        call_command("bank_demo")

    assert capsys.readouterr().out == THERE
    assert (Order.objects.count(), digest()) == (100, before)


@pytest.mark.django_db
def test_more_demo_orders_than_a_billion_are_refused() -> None:
    with pytest.raises(CommandError, match="--orders is at most 1000000000"):
        call_command("bank_demo", orders=10**23)

    assert not Customer.objects.exists()


@pytest.mark.django_db
def test_one_of_two_concurrent_demo_commands_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "BATCH", 5)
    one, other = demo.add(0, 15), demo.add(5, 15)
    next(one)
    next(other)

    with pytest.raises(NotOnlyDemoData):
        next(one)

    assert list(other) == [5]
    assert (Order.objects.count(), DemoData.objects.get().orders) == (15, 15)


@pytest.mark.django_db
def test_a_negative_number_of_demo_orders_is_refused() -> None:
    with pytest.raises(CommandError, match="--orders must not be negative"):
        call_command("bank_demo", "--orders=-1")

    assert not Customer.objects.exists()


@pytest.mark.django_db
def test_finished_demo_data_is_not_added_again(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("bank_demo", orders=5)
    before = digest()
    capsys.readouterr()

    call_command("bank_demo", if_empty=True)

    assert capsys.readouterr().out == THERE
    assert digest() == before


@pytest.mark.django_db(transaction=True)
def test_demo_data_is_complete_after_kill_9_and_a_second_run(tmp_path: Path) -> None:
    with (tmp_path / "said").open("wb") as said:
        command = [sys.executable, "manage.py", "bank_demo", "--orders", "100000"]
        process = subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=said, stderr=said)
    while not DemoData.objects.exists():
        assert process.poll() is None, (tmp_path / "said").read_text()
        time.sleep(0.01)
    process.kill()
    process.wait(30)
    time.sleep(1)  # on MongoDB, keys of two processes within one second are not ordered by creation
    stopped = DemoData.objects.get()
    orders = stopped.orders + demo.BATCH + 1
    DemoData.objects.update(wanted=orders)  # as if no more had been requested

    call_command("bank_demo", if_empty=True)
    continued = digest()
    for model in (OrderLine, Order, Product, Customer):
        model.objects.all().delete()
    call_command("bank_demo", orders=orders)

    assert 0 < stopped.orders < stopped.wanted == 100000
    assert (Order.objects.count(), continued) == (orders, digest())


def environment() -> dict[str, str]:
    """Return the environment of a child process that uses the test's database."""
    one = backend(settings.BACKEND)
    name = connection.settings_dict["NAME"]
    url = urlsplit(os.environ[one.url_variable])
    query = url.query and f"?{url.query}"
    return one.environment(f"{url.scheme}://{url.netloc}/{name}{query}")
