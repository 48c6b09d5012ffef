"""/admin/: authorized users can find and correct everything."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from bank.models import IdempotencyRecord
from tests.admin_pages import change, page, saved
from tests.api import Api
from tests.test_statements import statements

NO_LINES = {"lines-TOTAL_FORMS": 0, "lines-INITIAL_FORMS": 0}


def line(number: int, product: Any, quantity: Any) -> dict[str, Any]:
    values = {"product": product["id"], "quantity": quantity}
    return {f"lines-{number}-{name}": value for name, value in values.items()}


def test_an_anonymous_user_is_redirected_to_the_login(client: Client, db: None) -> None:
    response = client.get("/admin/bank/customer/")

    assert response.status_code == 302
    assert response["Location"].startswith("/admin/login/")


def test_a_wrong_password_does_not_open_the_admin(api: Api, admin: Client) -> None:
    response = api.client.post("/admin/login/", {"username": "ada", "password": "wrong"})

    assert response.status_code == 200
    assert b"correct username and password" in response.content
    assert api.client.get("/admin/").status_code == 302


def test_the_login_is_protected_against_forgery(client: Client, db: None) -> None:
    strict = Client(enforce_csrf_checks=True)

    assert strict.post("/admin/login/", {"username": "ada", "password": "x"}).status_code == 403


def test_the_first_page_shows_every_table_and_has_no_broken_links(
    admin: Client,
) -> None:
    html = page(admin, "/admin/")

    assert '<a href="/">View site</a>' in html
    for name in ("customer", "product", "order", "idempotencyrecord"):
        assert f'href="/admin/bank/{name}/"' in html
        page(admin, f"/admin/bank/{name}/")


@pytest.mark.parametrize("kind", ["customer", "product"])
def test_an_object_is_added_found_changed_and_deleted(api: Api, admin: Client, kind: str) -> None:
    base, form = f"/admin/bank/{kind}/", {"name": "Carl <b>", "price": "1.20", "stock": ""}

    assert saved(admin.post(f"{base}add/", form))
    [existing] = api.list(f"/{kind}/")
    assert existing["name"] == "Carl <b>"
    assert "Carl &lt;b&gt;" in page(admin, f"{base}?q=carl")
    assert "Carl" not in page(admin, f"{base}?q=nobody").split('id="changelist"')[1]

    assert change(admin, f"{base}{existing['id']}/change/", name="Dora")
    assert api.list(f"/{kind}/") == [{**existing, "name": "Dora"}]

    assert saved(admin.post(f"{base}{existing['id']}/delete/", {"post": "yes"}))
    assert api.list(f"/{kind}/") == []


@pytest.mark.parametrize(
    ("kind", "form"),
    [
        pytest.param("customer", {"name": ""}, id="no name"),
        pytest.param("customer", {"name": "x" * 251}, id="long name"),
        pytest.param("product", {"name": "Pen", "price": "-1"}, id="negative price"),
        pytest.param("product", {"name": "Pen", "price": "1.234"}, id="three decimals"),
        pytest.param("product", {"name": "Pen", "price": "1", "stock": "-1"}, id="negative stock"),
    ],
)
def test_the_admin_enforces_the_constraints(
    api: Api, admin: Client, kind: str, form: dict[str, str]
) -> None:
    assert not saved(admin.post(f"/admin/bank/{kind}/add/", form))
    assert api.list(f"/{kind}/") == []


def test_the_admin_explains_which_constraint_is_violated(api: Api, admin: Client) -> None:
    carl, pen = api.customer(), api.product()
    order = {"customer": carl["id"], **NO_LINES}

    price = admin.post("/admin/bank/product/add/", {"name": "Cup", "price": "-1"})
    subtotal = admin.post("/admin/bank/order/add/", {**order, "subtotal": "-1"})
    lines = {"lines-TOTAL_FORMS": 1, **line(0, pen, -1)}
    quantity = admin.post("/admin/bank/order/add/", {**order, **lines})

    assert "A price is not below 0." in price.content.decode()
    assert "A subtotal is not below 0." in subtotal.content.decode()
    assert "A quantity is at least 1." in quantity.content.decode()


@pytest.mark.parametrize("kind", ["customer", "product"])
def test_a_customer_or_product_with_orders_is_not_deleted(
    api: Api, admin: Client, kind: str
) -> None:
    carl, pen = api.customer(), api.product()
    order = api.order(carl, pen)
    key = {"customer": carl, "product": pen}[kind]["id"]

    html = page(admin, f"/admin/bank/{kind}/{key}/delete/")
    admin.post(f"/admin/bank/{kind}/{key}/delete/", {"post": "yes"})

    assert "would require deleting" in html
    assert api.list("/order/") == [order]
    assert len(api.list(f"/{kind}/")) == 1


def test_an_order_is_added_with_its_lines(api: Api, admin: Client) -> None:
    carl, pen, cup = api.customer("Carl"), api.product("Pen"), api.product("Cup", "3.00")
    lines = {**line(0, pen, 2), **line(1, cup, 1)}
    form = {"customer": carl["id"], "subtotal": "5.40", **NO_LINES, "lines-TOTAL_FORMS": 2}

    assert saved(admin.post("/admin/bank/order/add/", {**form, **lines}))

    [order] = api.list("/order/")
    assert (order["customer"], order["subtotal"]) == (carl, "5.40")
    assert [(x["id"], x["quantity"], x["price"]) for x in order["products"]] == [
        (pen["id"], 2, "1.20"),
        (cup["id"], 1, "3.00"),
    ]


@pytest.mark.parametrize("quantity", [0, -1, "x", ""])
def test_an_order_line_without_a_quantity_is_refused(
    api: Api, admin: Client, quantity: Any
) -> None:
    carl, pen = api.customer(), api.product()
    form = {"customer": carl["id"], "subtotal": "5.40", **NO_LINES, "lines-TOTAL_FORMS": 1}

    assert not saved(admin.post("/admin/bank/order/add/", {**form, **line(0, pen, quantity)}))
    assert api.list("/order/") == []


def test_an_order_is_found_changed_and_deleted_with_its_lines(api: Api, admin: Client) -> None:
    carl, dora = api.customer("Carl"), api.customer("Dora")
    order = api.order(carl, (api.product("Pen"), 2))
    path, mine = f"/admin/bank/order/{order['id']}/", f"/admin/bank/order/{order['id']}/change/"

    assert mine in page(admin, "/admin/bank/order/?q=carl")
    assert mine not in page(admin, "/admin/bank/order/?q=dora")
    assert "Pen" in page(admin, mine)

    assert change(admin, mine, customer=dora["id"], subtotal="9.00")
    assert api.list("/order/") == [{**order, "customer": dora, "subtotal": "9.00"}]

    assert saved(admin.post(f"{path}delete/", {"post": "yes"}))
    assert api.list("/order/") == []
    assert len(api.list("/product/")) == 1


def test_stored_answers_are_listed(api: Api, admin: Client) -> None:
    api.post("/customer/", {"name": "Carl"}, idempotency_key="my-own-key")

    assert "my-own-key" in page(admin, "/admin/bank/idempotencyrecord/")
    assert "my-own-key" in page(admin, "/admin/bank/idempotencyrecord/?q=my-own")


@pytest.mark.parametrize(("days", "shown"), [(-1, True), (1, False)])
def test_stored_answers_are_filtered_by_their_date(
    api: Api, admin: Client, days: int, shown: bool
) -> None:
    api.post("/customer/", {"name": "Carl"}, idempotency_key="my-own-key")
    day = (timezone.now() + timedelta(days=days)).date()

    found = page(admin, f"/admin/bank/idempotencyrecord/?created__gte={day}+00:00:00%2B00:00")

    assert ("my-own-key" in found) is shown


@pytest.mark.parametrize("path", ["/admin/nothing/", "/admin/bank/nothing/"])
def test_a_404_of_the_admin_is_an_html_page(admin: Client, path: str) -> None:
    response = admin.get(path)

    assert response.status_code == 404
    assert response["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("pk", ["x", "9" * 30, "%00"])
def test_the_page_of_an_object_that_does_not_exist_is_not_a_500(admin: Client, pk: str) -> None:
    response = admin.get(f"/admin/bank/customer/{pk}/change/", follow=True)

    assert response.status_code == 200
    assert b"exist. Perhaps it was deleted?" in response.content


def test_api_tokens_do_not_open_the_admin(admin: Client, settings: Settings) -> None:
    settings.API_TOKENS = {"s3cret-token": "ann"}

    page(admin, "/admin/")


@pytest.mark.parametrize("kind", ["customer", "product", "order", "idempotencyrecord"])
def test_a_longer_list_needs_no_more_statements(api: Api, admin: Client, kind: str) -> None:
    counts = []

    for number in range(1, 6):
        api.order(api.customer(f"Customer {number}"), api.product(f"Product {number}"))
        api.post("/customer/", {"name": "Carl"}, idempotency_key=f"key-{number}")
        if number in (1, 5):
            counts.append(statements(lambda: page(admin, f"/admin/bank/{kind}/")))

    assert counts[0] == counts[1]


def test_the_list_of_stored_answers_does_not_show_their_bodies(api: Api, admin: Client) -> None:
    api.post("/customer/", {"name": "a-private-name"}, idempotency_key="my-own-key")

    html = page(admin, "/admin/bank/idempotencyrecord/")

    assert "my-own-key" in html and "a-private-name" not in html


def test_a_stored_answer_is_deleted_but_not_edited(api: Api, admin: Client) -> None:
    api.post("/customer/", {"name": "Carl"}, idempotency_key="my-own-key")
    [answer] = IdempotencyRecord.objects.all()
    base = f"/admin/bank/idempotencyrecord/{answer.pk}"

    assert admin.post(f"{base}/change/", {"key": "another"}).status_code == 403
    assert saved(admin.post(f"{base}/delete/", {"post": "yes"}))

    assert not IdempotencyRecord.objects.exists()


HOSTILE = ["\0", "a\0b", "(", "9" * 40, "-1", "NaN", "1e999999", "9999-99-99", "'", "{$"]
NAMES = ["q", "p", "_to_field", "id", "id__exact", "name", "name__regex", "price__gt", "\0"]
AUTOCOMPLETE = "/admin/autocomplete/?app_label=bank&model_name=order&field_name=customer"


@pytest.mark.parametrize("value", HOSTILE, ids=ascii)
@pytest.mark.django_db(transaction=True)
def test_no_url_of_the_admin_causes_a_500(admin: Client, value: str) -> None:
    raw = quote(value)
    paths = [
        *(f"/admin/bank/product/?{quote(name)}={raw}" for name in NAMES),
        *(
            f"/admin/bank/idempotencyrecord/?created{what}={raw}"
            for what in ("", "__gte", "__year")
        ),
        f"/admin/bank/order/?q={raw}",
        f"/admin/auth/user/?username__iregex={raw}",
        f"{AUTOCOMPLETE}&term={raw}",
        f"{AUTOCOMPLETE}&page={raw}",
        f"/admin/autocomplete/?app_label={raw}&model_name={raw}&field_name={raw}",
        *(f"/admin/bank/customer/{raw}/{what}/" for what in ("change", "delete", "history")),
        f"/admin/bank/customer/add/?name={raw}",
        f"/admin/bank/order/add/?customer={raw}",
        f"/admin/login/?next={raw}",
        f"/admin/r/{raw}/{raw}/",
        f"/admin/{raw}/",
    ]

    admin.raise_request_exception = False
    statuses = {path: admin.get(path).status_code for path in paths}

    assert {path: status for path, status in statuses.items() if status >= 500} == {}
