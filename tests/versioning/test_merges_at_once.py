"""Merges while others write, and merges of many rows."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from django.db import connection, connections

from bank.models import Product
from tests.api import Api
from tests.threads import at_once
from tests.versioning.shop import branch, merge, on, put, statements
from versioning.merge import merging, reverting
from versioning.models import Branch, Commit
from versioning.signatures import signed

SEVERAL = 10_000


def test_writers_and_merges_at_the_same_time_lose_nothing(api: Api) -> None:
    pens = [api.product(f"Pen {n}") for n in range(40)]
    for number in range(5):
        branch(f"season-{number}")
        put(api, pens[number], on=f"season-{number}", price=f"{number + 2}.00")

    before = Counter(commit.message for commit in Commit.objects.all())

    def work(number: int) -> tuple[int, int]:
        if number % 8 == 7:
            return number, merge(api, f"season-{number // 8}").status_code
        response = api.client.post("/customer/", {"name": f"C{number}"}, "application/json")
        return number, response.status_code

    answers = dict(at_once(work, range(40), threads=4))

    assert set(answers.values()) == {200}
    names = sorted(customer["name"] for customer in api.list("/customer/?limit=1000"))
    assert names == sorted(f"C{number}" for number in range(40) if number % 8 != 7)
    assert [product["price"] for product in api.list("/product/")[:5]] == [
        f"{number + 2}.00" for number in range(5)
    ]
    made = Counter(commit.message for commit in Commit.objects.all()) - before
    assert made["POST /customer/"] == 35
    assert [made[f"PUT /product/{pen['id']}/"] for pen in pens[:5]] == 5 * [1]


def test_writers_and_a_fast_forward_at_the_same_time_lose_nothing(api: Api) -> None:
    pen = api.product("Pen", "1.00")
    for number in range(6):
        branch(f"season-{number}")
        put(api, pen, on=f"season-{number}", price=f"{number + 2}.00")

        def work(name: str, source: str = f"season-{number}") -> int:
            if name == "merge":
                return merge(api, source).status_code
            body = {"name": f"{source} {name}"}
            return api.client.post("/customer/", body, "application/json").status_code

        assert set(at_once(work, ["a", "merge", "b"], threads=3)) == {200}
        assert api.list("/product/")[0]["price"] == f"{number + 2}.00"

    assert len(api.list("/customer/")) == 12


def test_of_two_equal_merges_the_second_waits_and_finds_nothing_to_merge(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    branch("season")
    zoe = api.post("/customer/", {"name": "Zoë"}, **{"Dolt-Branch": "season"}).json()
    api.customer("Ann")
    inside, go, attempts = Event(), Event(), []
    before = set(Commit.all_parents())
    settle: Any = merging.settle

    def slowly(*arguments: Any) -> None:
        attempts.append(1)
        inside.set()
        assert go.wait(10)
        settle(*arguments)

    def delete() -> int:
        return api.client.delete(f"/customer/{zoe['id']}/").status_code

    monkeypatch.setattr(merging, "settle", slowly)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(in_thread, lambda: (merge(api, "season").status_code, delete()))
        assert inside.wait(10)
        second = pool.submit(in_thread, lambda: merge(api, "season").status_code)
        time.sleep(0.3)
        waited = not second.done()
        go.set()
        answers = first.result(), second.result()

    assert (waited, answers, len(attempts)) == (True, ((200, 204), 200), 1)
    assert [customer["name"] for customer in api.list("/customer/")] == ["Ann"]
    new = {commit: each for commit, each in Commit.all_parents().items() if commit not in before}
    assert sorted(map(len, new.values())) == [1, 2]  # the deletion, and one merge


def in_thread(work: Callable[[], Any]) -> Any:
    try:
        return work()
    finally:
        connections.close_all()


@pytest.mark.parametrize("undo", ["revert", "cherry-pick"])
def test_a_repeated_revert_or_pick_waits_for_the_first(
    api: Api, undo: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pen = api.product("Pen", "1.00")
    branch("season")
    put(api, pen, on="season", price="2.00")
    put(api, pen, price="3.00") if undo == "revert" else None
    commit = Branch.named("main" if undo == "revert" else "season").hash
    settle, running = reverting.settle, []
    most = []

    def slowly(*arguments: Any) -> None:
        running.append(1)
        most.append(len(running))
        time.sleep(0.1)
        running.pop()
        settle(*arguments)

    monkeypatch.setattr(reverting, "settle", slowly)
    body = {"commit": commit}
    answers = at_once(
        lambda _: api.client.post(f"/dolt/{undo}", body, "application/json").status_code,
        range(3),
        threads=3,
    )

    assert (sorted(answers), max(most)) == ([200, 409, 409], 1)


def fill(rows: int) -> None:
    products = [Product(name=f"Pen {n}", price=1, stock=9) for n in range(rows)]
    with signed("Filled", "Ann <ann@example.com>"):
        Product.objects.bulk_create(products, batch_size=1000)


def changed_on_both(name: str) -> None:
    """Change SEVERAL rows: their prices on a new branch, their names on main."""
    first = Product.objects.earliest("pk").pk
    branch(name)
    on(name, "UPDATE products SET price = '2.00' WHERE id < %s", first + SEVERAL)
    on("main", "UPDATE products SET name = %s WHERE id < %s", name, first + SEVERAL)


def timed(work: Callable[[], Any]) -> tuple[int, float]:
    begin = time.perf_counter()
    return statements(work), time.perf_counter() - begin


@pytest.mark.timeout(300)
def test_the_statements_of_a_merge_do_not_grow_with_the_conflicts_that_it_decides(api: Api) -> None:
    counts = []
    for name, rows in (("few", 2), ("many", 300)):
        keys = [api.product(f"{name} {n}")["id"] for n in range(rows)]
        branch(name)
        for each, price in (("main", "1.30"), (name, "1.40")):
            on(each, "UPDATE products SET price = %s WHERE id >= %s", price, keys[0])
        decided = [
            {"model": "product", "id": key, "field": "price", "take": "theirs"} for key in keys
        ]

        def merged(source: str = name, resolutions: Any = decided) -> None:
            assert merge(api, source, resolutions=resolutions).status_code == 200

        counts.append(statements(merged))
        prices = Product.objects.filter(pk__in=keys).values_list("price", flat=True)
        assert {str(price) for price in prices} == {"1.40"}

    few, many = counts
    assert few == many <= 20


def test_statements_and_time_of_a_diff_and_a_merge_do_not_grow_with_the_table(api: Api) -> None:
    figures = []
    for name, rows in (("small", SEVERAL), ("large", 90_000)):
        fill(rows)
        changed_on_both(name)
        with connection.cursor() as cursor:
            cursor.execute("SELECT dolt_hashof(%s)", [name])  # connected, and on main
        pages: list[Any] = []

        def first_page(name: str = name, pages: list[Any] = pages) -> None:
            pages.append(api.client.get(f"/dolt/diff?to={name}").json())

        def merged(name: str = name) -> None:
            assert merge(api, name).json()["fast_forward"] is False

        figures.append((timed(first_page), timed(merged)))
        assert len(pages[0]) == 100
        on("main", "UPDATE products SET price = '1.00'")

    print(f"{Product.objects.count()} rows, {SEVERAL} changed on each branch: {figures}")
    (small_page, small_merge), (large_page, large_merge) = figures
    assert small_page[0] == large_page[0] <= 8
    assert small_merge[0] == large_merge[0] <= 20
    assert large_page[1] < 1 and large_merge[1] < 5
