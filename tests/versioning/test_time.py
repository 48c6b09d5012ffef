"""Looking back: ?as_of=, the history of an object, and restoring a version."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
from django.http import HttpResponse
from django.test import Client

from tests.api import Api, problem
from versioning.models import Branch, Commit, Status, Tag


@pytest.fixture
def api(client: Client) -> Api:
    return Api(client)


def put(api: Api, product: dict, **changed: object) -> str:
    """Change the product; return the commit."""
    response = api.put(f"/product/{product['id']}/", {**product, **changed})
    assert response.status_code == 200
    return response["Dolt-Commit"]


def restore(api: Api, path: str, commit: str) -> HttpResponse:
    """Restore this version; a statement is executed twice, on the old commit and on the new."""
    return api.client.post(f"{path}restore/", {"commit": commit}, "application/json")


def test_every_read_may_look_back_to_a_commit_a_tag_or_a_branch(api: Api) -> None:
    customer, pen = api.customer(), api.product(price="1.00", stock=10)
    api.order(customer, (pen, 2))
    Tag(tag_name="v1").save()
    Branch(name="kept").save()
    before = Commit.latest().pk
    put(api, api.list("/product/")[0], price="2.00")
    api.order(customer, (pen, 3))

    for revision in ("v1", "kept", before, "main~2"):
        then = f"?as_of={revision}"
        assert api.list(f"/product/{then}") == [{**pen, "stock": 8}]
        assert [o["products"][0]["quantity"] for o in api.list(f"/order/{then}")] == [2]
        assert api.get(f"/product/{pen['id']}/{then}")["Dolt-Commit"] == before
    assert len(api.list("/order/")) == 2
    assert api.stock(pen) == 5


def test_a_datetime_means_the_latest_commit_by_then(api: Api) -> None:
    api.customer("Ann")
    time.sleep(1.1)  # DoltLite keeps seconds
    then = datetime.now(UTC)
    time.sleep(1.1)
    api.customer("Bob")

    texts = [then.isoformat(), then.isoformat()[:19], then.strftime("%Y-%m-%dT%H:%M:%SZ")]
    for text in texts:
        found = api.client.get("/customer/", {"as_of": text}).json()
        assert [customer["name"] for customer in found] == ["Ann"]
    assert len(api.client.get("/customer/", {"as_of": "2100-01-01"}).json()) == 2
    early = (then - timedelta(days=20000)).isoformat()
    assert "first commit" in problem(api.client.get("/customer/", {"as_of": early}), 404)["detail"]


@pytest.mark.parametrize(
    "revision",
    [
        "",
        "nowhere",
        "-d",
        "' OR 1=1 --",
        "a`b",
        "WORKING",
        "2026-99-99",
        "main~9999999",
        "%s",
        "0" * 32,
    ],
)
def test_an_unknown_revision_is_a_404(api: Api, revision: str) -> None:
    ann = api.customer("Ann")

    response = api.client.get("/customer/", {"as_of": revision})

    assert problem(response, 404)
    assert api.list("/customer/") == [ann]


def test_the_past_cannot_be_changed(api: Api) -> None:
    ann = api.customer("Ann")
    path = f"/customer/{ann['id']}/?as_of=main"

    answers = [
        api.post("/customer/?as_of=main", {"name": "Eve"}),
        api.put(path, {"name": "Eve"}),
        api.delete(path),
    ]

    assert [problem(answer, 422)["status"] for answer in answers] == [422] * 3
    assert api.list("/customer/") == [ann]


def test_a_commit_before_the_tables_were_made_is_a_404(api: Api) -> None:
    ann = api.customer("Ann")
    first = list(Commit.objects.all())[-1]

    read = api.get(f"/customer/?as_of={first.pk}")
    restored = restore(api, f"/customer/{ann['id']}/", first.pk)

    assert "other columns" in problem(read, 404)["detail"]
    assert "other columns" in problem(restored, 404)["detail"]


def test_the_history_of_an_object_has_its_versions_newest_first(api: Api) -> None:
    pen = api.product(price="1.00", stock=10)
    api.customer()  # another commit
    put(api, pen, price="2.00")
    last = put(api, pen, price="2.00", name="Pencil")

    # Three: older versions are of earlier tests, which used the same id.
    history = api.list(f"/product/{pen['id']}/history/")[:3]

    assert [(v["document"]["name"], v["document"]["price"]) for v in history] == [
        ("Pencil", "2.00"),
        ("Pen", "2.00"),
        ("Pen", "1.00"),
    ]
    assert history[0]["hash"] == last
    assert {version["author"] for version in history} == {"anybody"}
    assert history[0]["message"] == f"PUT /product/{pen['id']}/"


def test_the_history_of_an_order_has_its_lines(api: Api) -> None:
    customer, pen = api.customer(), api.product()
    order = api.order(customer, (pen, 1))
    api.put(f"/order/{order['id']}/", {**order, "products": [{"id": pen["id"], "quantity": 5}]})
    api.delete(f"/order/{order['id']}/")

    # Three: older versions are of earlier tests, which used the same id.
    history = api.client.get(f"/order/{order['id']}/history/").json()[:3]

    gone, changed, placed = [version["document"] for version in history]
    assert gone is None
    assert [line["quantity"] for line in changed["products"]] == [5]
    assert placed == order


def test_a_merge_is_a_version_only_if_it_made_one(api: Api, main: Branch) -> None:
    pen = api.product(price="1.00", stock=10)
    Branch(name="season").save()
    there = api.put(f"/product/{pen['id']}/?branch=season", {**pen, "price": "2.00"})
    api.customer()
    Branch.objects.get(name="season").merge()

    history = api.list(f"/product/{pen['id']}/history/")
    blame = api.list(f"/product/{pen['id']}/blame/")

    assert [version["document"]["price"] for version in history[:2]] == ["2.00", "1.00"]
    assert blame["price"]["hash"] == there["Dolt-Commit"]
    assert blame["name"]["message"] == "POST /product/"


def test_a_change_on_each_of_two_branches_is_a_version(api: Api) -> None:
    pen = api.product(name="Pen", price="1.00")
    Branch(name="season").save()
    there = api.put(f"/product/{pen['id']}/?branch=season", {**pen, "price": "2.00"})["Dolt-Commit"]
    here = put(api, pen, name="Quill")
    merge = Branch.objects.get(name="season").merge().pk
    made = api.post("/product/", {"name": "Cup", "price": "3.00"})

    history = api.list(f"/product/{pen['id']}/history/")
    blame = api.list(f"/product/{pen['id']}/blame/")

    assert history[0]["hash"] == merge
    assert {version["hash"] for version in history[1:3]} == {here, there}
    assert (blame["name"]["hash"], blame["price"]["hash"]) == (here, there)
    assert api.list(f"{made['Location']}history/")[0]["hash"] == made["Dolt-Commit"]


def test_a_restored_order_has_the_prices_of_then(api: Api) -> None:
    customer, pen, cup = api.customer(), api.product(price="1.00"), api.product(price="3.00")
    order = api.order(customer, (pen, 2), (cup, 1))
    then = Commit.latest().pk
    put(api, pen, price="5.00")
    api.put(f"/order/{order['id']}/", {**order, "products": [{"id": pen["id"], "quantity": 9}]})

    restored = restore(api, f"/order/{order['id']}/", then)

    assert restored.json() == order
    assert api.list("/order/") == [order]


def test_the_blame_of_an_object_has_all_of_its_columns(api: Api) -> None:
    pen = api.product(price="1.00", stock=None)
    changed = put(api, pen, price="2.00")

    blame = api.list(f"/product/{pen['id']}/blame/")

    assert set(blame) == {"id", "name", "price", "stock"}
    assert [name for name in blame if blame[name]["hash"] == changed] == ["price"]
    assert problem(api.get(f"/product/{api.gone('product')}/blame/"), 404)


def test_a_long_history_has_pages(api: Api) -> None:
    pen = api.product()
    for number in range(4):
        put(api, pen, price=f"{number}.00")

    pages, path = [], f"/product/{pen['id']}/history/?limit=2"
    for _ in range(2):
        response = api.get(path)
        pages.append([version["document"]["price"] for version in response.json()])
        path = response["Link"].partition(">")[0][1:]
    last = api.list(path)[0]["document"]["price"]

    assert (pages, last) == ([["3.00", "2.00"], ["1.00", "0.00"]], "1.20")


def test_a_version_of_a_product_is_restored_with_todays_stock(api: Api) -> None:
    customer, pen = api.customer(), api.product(price="1.00", stock=10)
    old = api.list(f"/product/{pen['id']}/history/")[0]["hash"]
    put(api, pen, price="2.00", name="Wrong")
    api.order(customer, (pen, 3))

    response = restore(api, f"/product/{pen['id']}/", old)

    assert response.json() == {**pen, "stock": 7}
    assert response["Dolt-Commit"] == Commit.latest().pk


@pytest.mark.parametrize("kind", ["customer", "product", "order"])
def test_a_deleted_object_is_restored_with_its_id(api: Api, kind: str) -> None:
    row = api.some(kind)
    before = Commit.latest().pk
    api.delete(f"/{kind}/{row['id']}/")

    response = restore(api, f"/{kind}/{row['id']}/", before)

    assert response.json() == row
    assert api.list(f"/{kind}/") == [row]


def test_an_order_whose_customer_or_products_were_deleted_says_what_to_restore_first(
    api: Api,
) -> None:
    ann, pen, ink = api.customer("Ann"), api.product("Pen"), api.product("Ink")
    order = api.order(ann, (pen, 1), (ink, 2))
    old, path = Commit.latest().pk, f"/order/{order['id']}/"
    for gone in (path, f"/product/{pen['id']}/", f"/customer/{ann['id']}/"):
        api.delete(gone)
    commits = Commit.objects.count()

    refused = problem(restore(api, path, old), 409)["detail"]
    page = api.client.post(f"/shop{path}history/", {"commit": old})

    first = f"Restore this first: customer {ann['id']} (Ann), product {pen['id']} (Pen)"
    assert refused.endswith(first)
    assert (page.status_code, first in page.content.decode()) == (409, True)
    assert (api.list("/order/"), Commit.objects.count()) == ([], commits)
    restore(api, f"/customer/{ann['id']}/", old)
    restore(api, f"/product/{pen['id']}/", old)
    assert restore(api, path, old).json() == order


def test_what_did_not_exist_cannot_be_restored(api: Api) -> None:
    before = Commit.latest().pk
    pen = api.product()

    path = f"/product/{pen['id']}/"
    page = api.client.post(f"/shop{path}history/", {"commit": before})
    said = f"There was no product {pen['id']} at this commit."
    assert problem(restore(api, path, before), 404)["detail"] == said
    shown = f"{said} Nothing was restored."
    assert (page.status_code, shown in page.content.decode()) == (404, True)
    assert problem(restore(api, f"/product/{pen['id']}/", "nope"), 404)
    assert problem(api.get("/product/999999/history/"), 404)
    assert problem(api.get("/shoe/1/history/"), 404)


def test_a_restored_version_is_in_a_commit(api: Api) -> None:
    ann = api.customer("Ann")
    old = Commit.latest().pk
    api.put(f"/customer/{ann['id']}/", {"name": "Wrong"})
    before = Commit.objects.count()

    response = restore(api, f"/customer/{ann['id']}/", old)

    made = response["Dolt-Commit"]
    assert api.list(f"/customer/?as_of={made}") == [ann]
    assert (Commit.objects.count(), Status.objects.exists()) == (before + 1, False)


def test_the_time_of_a_commit_means_this_commit(api: Api) -> None:
    api.customer("Ann")
    time.sleep(1.1)  # DoltLite keeps seconds
    made = api.post("/customer/", {"name": "Bob"})["Dolt-Commit"]
    date = api.list("/dolt/commits?limit=1")[0]["date"]

    found = api.client.get("/customer/", {"as_of": date})

    assert (found.status_code, found["Dolt-Commit"]) == (200, made)


def test_a_plus_of_a_datetime_need_not_be_encoded(api: Api) -> None:
    api.customer("Ann")

    assert [row["name"] for row in api.list("/customer/?as_of=2100-01-01T00:00:00+02:00")] == [
        "Ann"
    ]


def test_the_last_full_page_of_a_history_names_no_other(api: Api) -> None:
    pen = api.product(price="1.00")
    put(api, pen, price="2.00")
    number = len(api.list(f"/product/{pen['id']}/history/?limit=100"))

    response = api.get(f"/product/{pen['id']}/history/?limit={number}")

    assert (len(response.json()), "Link" in response) == (number, False)
