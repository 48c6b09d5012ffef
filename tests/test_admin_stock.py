"""Corrections in the admin while the shop sells: no change is overwritten, no piece sold twice."""

from __future__ import annotations

import json
import os
import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest
from django.test import Client, RequestFactory
from pytest_django import Settings

from bank.administration.site import explained
from bank.models import IdempotencyRecord, Product
from tests.admin_pages import change, form_of, list_of_products, page, read, same_session, saved
from tests.api import Api
from tests.faults import at_commit, conflict, lost
from tests.threads import at_once

ORDERS, PRODUCTS = "/admin/bank/order/", "/admin/bank/product/"
# `ADMIN_WRITES=1000` in the environment for the long run.
WRITES, THREADS = int(os.environ.get("ADMIN_WRITES", "96")), 8
KINDS = [
    *("correct stock", "correct name", "prices in the list", "place in the admin", "place"),
    *("place", "change in the admin", "replace", "delete", "delete in the admin"),
]


def place(admin: Client, customer: Any, product: Any, quantity: int) -> Any:
    """Add an order of one line in the admin; return the response."""
    form = {
        **form_of(admin, f"{ORDERS}add/"),
        "customer": customer["id"],
        "lines-TOTAL_FORMS": 1,
        "lines-0-product": product["id"],
        "lines-0-quantity": quantity,
    }
    return admin.post(f"{ORDERS}add/", form)


def test_a_name_is_corrected_while_the_product_is_sold(api: Api, admin: Client) -> None:
    pen, path = api.product("Pne", stock=10), f"{PRODUCTS}{{}}/change/"
    form = form_of(admin, path.format(pen["id"]))
    api.order(api.customer(), (pen, 4))

    assert saved(admin.post(path.format(pen["id"]), {**form, "name": "Pen"}))

    assert api.list("/product/") == [{**pen, "name": "Pen", "stock": 6}]


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        pytest.param({"stock": 20}, "Stock was changed meanwhile, it is now 6.", id="stock"),
        pytest.param({"price": "9.00"}, "Price was changed meanwhile, it is now 3.00.", id="price"),
        pytest.param({"name": "Cup"}, "Price was changed meanwhile, it is now 3.00.", id="name"),
    ],
)
def test_an_outdated_form_is_refused_if_the_row_has_changed(
    api: Api, admin: Client, typed: dict[str, Any], message: str
) -> None:
    pen = api.product(stock=10)
    path = f"{PRODUCTS}{pen['id']}/change/"
    form = form_of(admin, path)
    now = {**pen, "price": "3.00", "stock": 6}
    api.put(f"/product/{pen['id']}/", now)

    response = admin.post(path, {**form, **typed})

    assert not saved(response)
    assert message in response.content.decode()
    assert api.list("/product/") == [now]


def test_the_second_of_two_concurrent_admins_is_refused(api: Api, admin: Client) -> None:
    path = f"/admin/bank/customer/{api.customer('Carl')['id']}/change/"
    first, second = form_of(admin, path), form_of(admin, path)

    assert saved(admin.post(path, {**first, "name": "Dora"}))
    response = admin.post(path, {**second, "name": "Emil"})

    assert not saved(response)
    assert "it is now Dora" in response.content.decode()


def test_a_name_surrounded_by_blanks_does_not_count_as_changed(api: Api, admin: Client) -> None:
    pen = api.product(" Pen ")

    assert change(admin, f"{PRODUCTS}{pen['id']}/change/", price="2.00")

    assert [product["price"] for product in api.list("/product/")] == ["2.00"]


def test_a_form_without_its_initial_values_overwrites_nothing(api: Api, admin: Client) -> None:
    pen = api.product(stock=6)

    response = admin.post(
        f"{PRODUCTS}{pen['id']}/change/", {"name": "Pen", "price": "1.20", "stock": 10}
    )

    assert not saved(response)
    html = response.content.decode()
    assert "does not contain the value that it showed; it is now 6. Nothing" in html
    assert "meanwhile" not in html
    assert api.stock(pen) == 6


def test_prices_are_changed_in_the_list_and_stock_stays(api: Api, admin: Client) -> None:
    pen, cup = api.product("Pen", stock=10), api.product("Cup", stock=10)
    form = list_of_products(admin, {pen["id"]: "2.50"})
    api.order(api.customer(), (pen, 4), (cup, 1))

    assert not [name for name in form if name.endswith("-stock")]
    assert saved(admin.post(PRODUCTS, {**form, "form-0-stock": 99, "form-1-stock": 99}))

    assert api.list("/product/") == [
        {**pen, "price": "2.50", "stock": 6},
        {**cup, "stock": 9},
    ]


def test_an_outdated_list_shows_the_error_in_the_right_row(api: Api, admin: Client) -> None:
    pen, cup = api.product("Pen"), api.product("Cup")
    form = list_of_products(admin, {pen["id"]: "2.50", cup["id"]: "3.50"})
    api.put(f"/product/{pen['id']}/", {**pen, "price": "9.00"})
    api.product("New")

    response = admin.post(PRODUCTS, form)
    html = response.content.decode().split('id="result_list"')[1]

    assert not saved(response)
    assert "Price was changed meanwhile, it is now 9.00." in html
    assert ">Pen<" in html and ">Cup<" in html and ">New<" not in html
    assert [product["price"] for product in api.list("/product/")] == ["9.00", "1.20", "1.20"]


def test_unchanged_rows_of_the_list_are_neither_compared_nor_written(
    api: Api, admin: Client
) -> None:
    pen, cup = api.product("Pen"), api.product("Cup")
    form = list_of_products(admin, {cup["id"]: "2.50"})
    changed = {**pen, "price": "9.00"}
    api.put(f"/product/{pen['id']}/", changed)

    assert saved(admin.post(PRODUCTS, form))

    assert api.list("/product/") == [changed, {**cup, "price": "2.50"}]


def test_a_list_with_a_row_that_was_deleted_is_refused(api: Api, admin: Client) -> None:
    pen, cup = api.product("Pen"), api.product("Cup")
    form = list_of_products(admin, {pen["id"]: "2.50", cup["id"]: "3.50"})
    api.delete(f"/product/{pen['id']}/")

    response = admin.post(PRODUCTS, form)

    assert not saved(response)
    assert "Some of these were deleted meanwhile" in response.content.decode()
    assert api.list("/product/") == [cup]


def test_placing_and_deleting_orders_in_the_admin_moves_stock(api: Api, admin: Client) -> None:
    carl, pen = api.customer(), api.product(price="2.00", stock=10)

    assert saved(place(admin, carl, pen, 4))
    [order] = api.list("/order/")
    assert (order["subtotal"], api.stock(pen)) == ("8.00", 6)

    path = f"{ORDERS}{order['id']}/change/"
    assert change(admin, path, **{"lines-0-quantity": 7})
    [order] = api.list("/order/")
    assert (order["subtotal"], api.stock(pen)) == ("14.00", 3)

    assert change(admin, path, subtotal="1.00")
    assert (api.list("/order/")[0]["subtotal"], api.stock(pen)) == ("1.00", 3)

    assert change(admin, path, **{"lines-0-DELETE": "on"})
    assert (api.list("/order/")[0]["products"], api.stock(pen)) == ([], 10)


@pytest.mark.parametrize("selected", [False, True])
def test_deleting_several_orders_puts_their_products_back_in_stock(
    api: Api, admin: Client, selected: bool
) -> None:
    carl, pen, cup = api.customer(), api.product("Pen", stock=10), api.product("Cup", stock=10)
    orders = [api.order(carl, (pen, 3), cup), api.order(carl, (pen, 2))]

    if selected:
        keys = [order["id"] for order in orders]
        form = {"action": "delete_selected", "_selected_action": keys, "post": "yes"}
        assert saved(admin.post(ORDERS, form))
    else:
        for order in orders:
            assert saved(admin.post(f"{ORDERS}{order['id']}/delete/", {"post": "yes"}))

    assert api.list("/order/") == []
    assert (api.stock(pen), api.stock(cup)) == (10, 10)


def test_an_emptied_subtotal_is_computed_again(api: Api, admin: Client) -> None:
    order = api.order(api.customer(), (api.product("Pen", "1.20"), 2))
    path = f"{ORDERS}{order['id']}/change/"
    assert change(admin, path, subtotal="9.00")

    assert change(admin, path, subtotal="")

    assert api.list("/order/") == [order]


def test_a_user_who_may_add_orders_needs_no_permission_for_order_lines(
    api: Api, admin: Client
) -> None:
    carl, pen = api.customer(), api.product(stock=5)
    clerk, browser = User.objects.create_user("eve", is_staff=True), Client()
    allowed = ["add_order", "change_order", "view_order", "view_customer", "view_product"]
    clerk.user_permissions.set(Permission.objects.filter(codename__in=allowed))
    browser.force_login(clerk)

    assert saved(place(browser, carl, pen, 2))
    [order] = api.list("/order/")
    assert change(browser, f"{ORDERS}{order['id']}/change/", **{"lines-0-quantity": 3})

    assert api.stock(pen) == 2


def test_an_order_of_more_than_the_stock_names_the_product(api: Api, admin: Client) -> None:
    carl, pen = api.customer(), api.product(stock=3)

    response = place(admin, carl, pen, 4)

    assert not saved(response)
    assert "There is not enough stock of &#x27;Pen&#x27; (3 left)" in response.content.decode()
    assert (api.list("/order/"), api.stock(pen)) == ([], 3)


def test_an_outdated_form_of_an_order_is_refused(api: Api, admin: Client) -> None:
    carl, pen, cup = api.customer(), api.product("Pen", stock=9), api.product("Cup", stock=9)
    order = api.order(carl, (pen, 2))
    path = f"{ORDERS}{order['id']}/change/"
    form = form_of(admin, path)
    now = {"customer": carl, "products": [{"id": cup["id"], "quantity": 3}], "subtotal": "2.40"}
    api.put(f"/order/{order['id']}/", now)

    response = admin.post(path, {**form, "lines-0-quantity": 5})

    assert not saved(response)
    assert "they are now: 3 × Cup" in response.content.decode()
    assert (api.stock(pen), api.stock(cup)) == (9, 6)


def test_a_form_of_an_order_without_its_initial_values_is_refused(api: Api, admin: Client) -> None:
    pen = api.product("Pen", stock=9)
    order = api.order(api.customer(), (pen, 2))
    path = f"{ORDERS}{order['id']}/change/"
    form = {name: v for name, v in form_of(admin, path).items() if not name.startswith("initial-")}

    response = admin.post(path, {**form, "lines-0-quantity": 5})

    assert not saved(response)
    assert "it showed; they are now: 2 × Pen. Nothing was saved" in response.content.decode()
    assert api.stock(pen) == 7


def test_an_order_with_many_lines_is_read_only(api: Api, admin: Client) -> None:
    products = [Product(name=f"P{number}", price=1) for number in range(101)]
    keys = [product.pk for product in Product.objects.bulk_create(products)]
    if None in keys:  # the backend does not return them
        keys = list(Product.objects.values_list("pk", flat=True))
    order = api.order(api.customer(), *({"id": key_text(key)} for key in keys))
    path = f"{ORDERS}{order['id']}/change/"

    html = page(admin, path)
    assert change(admin, path, subtotal="5.00")

    assert "P100" in html and 'name="lines-0-quantity"' not in html
    [after] = api.list("/order/")
    assert (after["subtotal"], len(after["products"])) == ("5.00", 101)


def key_text(key: Any) -> Any:
    return key if isinstance(key, int) else str(key)


@pytest.mark.django_db(transaction=True)
def test_a_post_that_is_retried_takes_effect_once(api: Api, admin: Client) -> None:
    pen = api.product(stock=10)
    path = f"{PRODUCTS}{pen['id']}/change/"
    form = form_of(admin, path)

    with at_commit(conflict):
        response = admin.post(path, {**form, "stock": 7}, follow=True)

    assert response.content.decode().count("was changed successfully") == 1
    assert api.stock(pen) == 7
    assert page(admin, f"{PRODUCTS}{pen['id']}/history/").count("Changed Stock.") == 1


@pytest.mark.django_db(transaction=True)
def test_groups_and_passwords_are_changed_in_a_retried_transaction(admin: Client) -> None:
    passwords = {
        "old_password": "correct horse",
        "new_password1": "battery staple",
        "new_password2": "battery staple",
    }

    with at_commit(conflict, model=Group):
        assert saved(admin.post("/admin/auth/group/add/", {"name": "Clerks"}))
    with at_commit(conflict, model=Group):
        assert saved(admin.post("/admin/password_change/", passwords))

    assert [group.name for group in Group.objects.all()] == ["Clerks"]
    assert admin.get("/admin/").status_code == 200  # the session has survived both attempts


@pytest.mark.django_db(transaction=True)
def test_exhausted_retries_are_an_error_page_with_a_reason(
    api: Api, admin: Client, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    deadline = settings.REQUEST_DEADLINE
    carl = api.customer()
    path = f"/admin/bank/customer/{carl['id']}/change/"
    form = form_of(admin, path)

    settings.REQUEST_DEADLINE = 1.5  # seconds; short, so that the test is quick
    with at_commit(conflict, times=1000):
        response = admin.post(path, {**form, "name": "Dora"})
    settings.REQUEST_DEADLINE = deadline

    assert response.status_code == 503
    assert response["Retry-After"] == "1"
    html = response.content.decode()
    refused = "The database did not accept this in time; nothing was changed. Send it again."
    busy = "The database is busy with other transactions"  # the deadline passed during a statement
    assert refused in html or busy in html
    assert "Back to the admin's start page" in html
    [logged] = [record for record in caplog.records if record.name == "bank.administration.site"]
    assert "refused with 503" in logged.getMessage()
    assert "\n" not in logged.getMessage() and not logged.exc_info
    assert api.list("/customer/") == [carl]


@pytest.mark.django_db(transaction=True)
def test_an_ambiguous_commit_is_an_error_page_with_a_reason(api: Api, admin: Client) -> None:
    carl = api.customer()
    path = f"/admin/bank/customer/{carl['id']}/change/"
    form = form_of(admin, path)

    with at_commit(lost, committed=True):
        response = admin.post(path, {**form, "name": "Dora"})

    assert (response.status_code, "Retry-After" in response) == (503, False)
    assert b"the change was made, or it was not" in response.content
    assert api.list("/customer/") == [{**carl, "name": "Dora"}]


@pytest.mark.parametrize("kind", [OperationalError, InterfaceError])
@pytest.mark.django_db
def test_an_unavailable_database_is_an_error_page_with_a_reason(
    rf: RequestFactory, kind: type[Exception]
) -> None:
    def fail(request: HttpRequest) -> None:
        raise kind("connection already closed") from lost()

    response = explained(fail)(rf.get("/admin/"))

    assert (response.status_code, response["Retry-After"]) == (503, "1")
    assert b"The database does not answer; try again." in response.content


@pytest.mark.django_db(transaction=True)
def test_a_violated_constraint_is_named(
    rf: RequestFactory, caplog: pytest.LogCaptureFixture
) -> None:
    def store_twice(request: HttpRequest) -> None:
        for _ in range(2):
            IdempotencyRecord.objects.create(
                client="ada", key="k", request="r", body="{}", location="/"
            )

    response = explained(store_twice)(rf.post("/admin/"))

    assert response.status_code == 409
    assert b"It would break a rule of the data" in response.content
    assert b"Nothing was changed." in response.content
    [logged] = [record for record in caplog.records if record.name == "bank.administration.site"]
    assert "refused with 409: It would break a rule" in logged.getMessage()
    assert "\n" not in logged.getMessage() and not logged.exc_info


@pytest.mark.django_db(transaction=True)
def test_concurrent_admins_and_buyers_keep_the_stock_exact(
    admin: Client, record_property: Callable[[str, object], None]
) -> None:
    api = Api(Client())
    carl, products = api.customer(), [api.product(f"P{n}", stock=500) for n in range(4)]
    expected = {product["id"]: 500 for product in products}
    corrections: list[tuple[Any, int]] = []

    def write(number: int) -> tuple[str, int]:
        """Make one random write; return its kind and the status of the response."""
        browser, pick = same_session(admin), random.Random(number)
        product, quantity = pick.choice(products), pick.randint(1, 9)
        change_page = f"{PRODUCTS}{product['id']}/change/"
        kind = pick.choice(KINDS)
        if kind == "correct stock":
            form = form_of(browser, change_page)
            new = int(form["stock"]) + pick.randint(-5, 9)
            response = browser.post(change_page, {**form, "stock": max(new, 0)})
            if response.status_code == 302:
                corrections.append((product["id"], max(new, 0) - int(form["stock"])))
        elif kind == "correct name":
            form = form_of(browser, change_page)
            response = browser.post(change_page, {**form, "name": f"P{number}"})
        elif kind == "prices in the list":
            prices = {product["id"]: f"{quantity}.00"}
            response = browser.post(PRODUCTS, list_of_products(browser, prices))
        elif kind == "place in the admin":
            response = place(browser, carl, product, quantity)
        elif kind == "place":
            response = api_order(browser, "POST", "/order/", product, quantity)
        else:
            keys = [order["id"] for order in browser.get("/order/?limit=1000").json()]
            if not keys:
                return kind, 0
            key = pick.choice(keys)
            if kind == "replace":
                response = api_order(browser, "PUT", f"/order/{key}/", product, quantity)
            elif kind == "delete":
                response = browser.delete(f"/order/{key}/")
            elif kind == "delete in the admin":
                response = browser.post(f"{ORDERS}{key}/delete/", {"post": "yes"})
            else:
                opened = browser.get(f"{ORDERS}{key}/change/")
                if opened.status_code == 302:
                    return kind, 0  # deleted meanwhile
                form = {**read(opened), "lines-0-quantity": quantity}
                response = browser.post(f"{ORDERS}{key}/change/", form)
        return kind, response.status_code

    def api_order(browser: Client, method: str, path: str, product: Any, quantity: int) -> Any:
        line = {"id": product["id"], "quantity": quantity}
        body = {"customer": carl, "products": [line]}
        return browser.generic(method, path, json.dumps(body), "application/json")

    answers = Counter(at_once(write, range(WRITES), threads=THREADS))

    record_property("answers", {f"{kind}: {status}": n for (kind, status), n in answers.items()})
    print(WRITES, sorted(answers.items()))
    sold: Counter[Any] = Counter()
    for order in api.list("/order/?limit=1000"):
        for line in order["products"]:
            sold[line["id"]] += line["quantity"]
    for key, difference in corrections:
        expected[key] += difference
    assert {p["id"]: p["stock"] + sold[p["id"]] for p in api.list("/product/")} == expected
    assert {status for _, status in answers} <= {0, 200, 204, 302, 404, 409, 503}
