"""Customers, products and orders on the pages: what they show, and what the database has then."""

from __future__ import annotations

import re
import subprocess
from html import unescape
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session

from bank.models import Customer, Order, Product
from tests.api import Api
from tests.pages.conftest import Browser, text
from tests.serving import Server


def test_the_first_page_says_which_database_answers(browser: Browser) -> None:
    from bank.engine import Engine

    assert Engine().server_version() in browser.page("/")


def test_a_list_has_a_page_of_rows_and_leads_to_the_next(browser: Browser) -> None:
    for number in range(21):
        Customer.objects.create(name=f"Customer {number:02}")

    first = browser.get("/shop/customer/").content.decode()
    [after] = re.findall(r'href="(\?after=[^"]+)"', first)
    second = browser.page(f"/shop/customer/{after}")

    assert "Customer 19" in first and "Customer 20" not in first
    assert "Customer 20" in second and "Customer 19" not in second


def test_each_list_shows_its_rows(browser: Browser) -> None:
    api = Api(browser)
    api.order(api.customer("Ann"), (api.product("Pen", "1.20", stock=7), 2))

    assert "Ann" in browser.page("/shop/customer/")
    assert "Pen 1.20 5" in browser.page("/shop/product/")
    assert "Ann 2.40" in browser.page("/shop/order/")
    for _ in range(8):
        api.order(api.customer("Bob"))
    browser.page("/shop/order/?q=bob")  # not a statement for each row


def test_a_list_offers_to_add_a_row_in_english(browser: Browser) -> None:
    assert "Add an order" in browser.page("/shop/order/")
    assert "Add a product" in browser.page("/shop/product/")


def test_the_search_finds_a_part_of_a_name_in_any_capitals(browser: Browser) -> None:
    api = Api(browser)
    ann, _ = api.customer("Ann Adams"), api.customer("Bob")
    api.order(ann, api.product("Pen"))
    api.product("Pencil")

    customers, products = browser.page("/shop/customer/?q=ADA"), browser.page("/shop/product/?q=en")
    orders = browser.page("/shop/order/?q=adams")

    assert "Ann Adams" in customers and "Bob" not in customers
    assert "Pencil" in products
    assert "Ann Adams 1.20" in orders
    assert "is no customer" in browser.page("/shop/customer/?q=%25")


def test_a_search_says_that_it_shows_the_first_rows_where_there_may_be_more(
    browser: Browser,
) -> None:
    for number in range(21):
        Customer.objects.create(name=f"Customer {number:02}")

    many, one, none = (browser.page(f"/shop/customer/?q={word}") for word in ("cus", "20", "zzzz"))

    assert "Customer 19" in many and "Customer 20" not in many
    assert "The first 20 are shown." in many
    assert "Customer 20" in one and "are shown" not in one
    assert "There is no customer with “zzzz”." in none and "are shown" not in none


@pytest.mark.parametrize("letters", [250, 251, 1001, 51_000])
def test_a_search_for_more_letters_than_a_name_has_finds_none(
    browser: Browser, letters: int
) -> None:
    Customer.objects.create(name="." * 250)

    page = browser.page(f"/shop/customer/?q={'.' * letters}")

    assert ("is no customer" in page) == (letters > 250)


def test_a_customer_is_added_changed_and_deleted(browser: Browser) -> None:
    added = browser.fill("/shop/customer/new/", name="Ann <b>")
    changed = browser.fill(added["Location"], name="Anna")
    after_change = list(Customer.objects.values_list("name", flat=True))
    shown = browser.page(changed["Location"])
    deleted = browser.fill(changed["Location"], action="delete")

    assert [each.status_code for each in (added, changed, deleted)] == [302, 302, 302]
    key = changed["Location"].split("/")[-2]
    assert (after_change, f"Anna Customer {key}" in shown) == (["Anna"], True)
    assert not Customer.objects.exists()


def test_a_page_says_what_was_done_and_shows_the_request_that_did_it(browser: Browser) -> None:
    added = browser.fill("/shop/customer/new/", name="Ann")["Location"]
    after_adding = browser.page(added)
    browser.fill(added, name="O'Hara")
    after_saving = browser.page(added)
    deleted = browser.fill(added, action="delete")["Location"]
    after_deleting = browser.page(deleted)

    assert "The customer was added. What was sent curl" in after_adding
    assert """--json '{"name": "Ann"}' http""" in after_adding
    assert "The customer was saved. What was sent curl" in after_saving
    assert re.search("--header 'If-Match: [^']+' --request PUT --json", after_saving)
    assert "The customer was deleted. What was sent curl" in after_deleting
    assert "--request DELETE http" in after_deleting
    assert "was deleted" not in browser.page(deleted)
    assert "sessionid" not in browser.cookies and not Session.objects.exists()


def test_a_product_keeps_its_empty_stock(browser: Browser) -> None:
    added = browser.fill("/shop/product/new/", name="Pen", price="1.20", stock="")
    browser.fill(added["Location"], name="Pencil")

    assert [*Product.objects.values_list("name", "stock")] == [("Pencil", None)]


@pytest.mark.parametrize(
    ("wrong", "member"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 251}, "name"),
        ({"price": "-1"}, "price"),
        ({"price": "a lot"}, "price"),
        ({"stock": "-1"}, "stock"),
        ({"stock": "9" * 40}, "stock"),
        ({"stock": "9" * 5000}, "stock"),  # Python converts no text of so many digits
        ({"stock": "٧"}, "stock"),
        ({"stock": "1.5"}, "stock"),
    ],
)
def test_an_invalid_value_has_its_error_beside_it_and_nothing_is_saved(
    browser: Browser, wrong: dict[str, str], member: str
) -> None:
    values = {"name": "Pen", "price": "1.20", "stock": "3", **wrong}

    response = browser.fill("/shop/product/new/", **values)
    page = response.content.decode()

    assert response.status_code == 422
    assert re.search(f'id="{member}-error" class="error">[^<]+<', page)
    assert all(f'name="{name}" value="{value}"' in page for name, value in values.items())
    assert not Product.objects.exists()


def test_a_form_that_is_sent_twice_adds_one_row(browser: Browser) -> None:
    path, typed = "/shop/customer/new/", {"name": "Ann", "idempotency_key": "once"}

    first, second = browser.fill(path, **typed), browser.fill(path, **typed)

    assert first["Location"] == second["Location"]
    assert Customer.objects.count() == 1


def test_a_change_of_somebody_else_is_not_overwritten(browser: Browser) -> None:
    pen = Product.objects.create(name="Pen", price=1, stock=10)
    path = f"/shop/product/{pen.pk}/"
    [etag] = re.findall(r'name="etag" value="([^"]+)"', browser.get(path).content.decode())
    Product.objects.filter(pk=pen.pk).update(stock=9)

    refused = browser.fill(path, stock="10", name="Pencil", etag=unescape(etag))

    assert refused.status_code == 412
    assert text(refused).count("It has changed since") == 1
    assert 'name="stock" value="9"' in refused.content.decode()
    assert Product.objects.values_list("name", "stock").get() == ("Pen", 9)


def test_an_order_takes_its_pieces_and_a_deleted_one_puts_them_back(browser: Browser) -> None:
    ann = Customer.objects.create(name="Ann")
    pen, ink = (Product.objects.create(name=name, price=2, stock=5) for name in ("Pen", "Ink"))
    path = f"/shop/order/new/?customer={ann.pk}"

    placed = browser.fill(path, customer=ann.pk, **{f"quantity-{pen.pk}": "2"})
    changed = browser.fill(
        placed["Location"],
        customer=ann.pk,
        **{f"quantity-{pen.pk}": "0", f"quantity-{ink.pk}": "3"},
    )
    stocks = dict(Product.objects.values_list("name", "stock"))
    shown = browser.page(changed["Location"])
    browser.fill(changed["Location"], action="delete")

    assert (stocks, "Subtotal: 6.00" in shown) == ({"Pen": 5, "Ink": 2}, True)
    assert dict(Product.objects.values_list("name", "stock")) == {"Pen": 5, "Ink": 5}
    assert not Order.objects.exists()


def test_an_order_of_many_lines_is_shown_and_can_be_deleted(browser: Browser) -> None:
    api, ann = Api(browser), Customer.objects.create(name="Ann")
    products = Product.objects.bulk_create(
        Product(name=f"Product {number}", price=1) for number in range(501)
    )
    if products[0].pk is None:  # Dolt returns no keys
        products = [*Product.objects.all()]
    order = api.order({"id": str(ann.pk)}, *({"id": str(each.pk)} for each in products))
    path = f"/shop/order/{order['id']}/"

    shown = browser.get(path).content.decode()
    browser.fill(path, action="delete")

    assert "Product 500" in shown
    assert 'name="quantity-' not in shown and ">Save<" not in shown
    assert not Order.objects.exists()


def test_an_order_of_more_than_there_is_says_so_and_takes_nothing(browser: Browser) -> None:
    ann = Customer.objects.create(name="Ann")
    pen = Product.objects.create(name="Pen", price=2, stock=5)

    refused = browser.fill("/shop/order/new/", customer=ann.pk, **{f"quantity-{pen.pk}": "6"})

    assert (refused.status_code, "Pen" in text(refused)) == (409, True)
    assert Product.objects.get().stock == 5


def test_a_customer_with_orders_is_not_deleted(browser: Browser) -> None:
    api = Api(browser)
    ann = api.customer("Ann")
    api.order(ann)

    refused = browser.fill(f"/shop/customer/{ann['id']}/", action="delete")

    assert (refused.status_code, "has orders" in text(refused)) == (409, True)
    assert Customer.objects.exists()


def test_a_customer_behind_the_first_hundred_is_selected(browser: Browser) -> None:
    customers = [Customer.objects.create(name=f"Customer {number}") for number in range(102)]
    last = customers[-1].pk

    form = browser.get(f"/shop/order/new/?customer={last}").content.decode()
    browser.fill("/shop/order/new/", customer=last)

    assert f'<option value="{last}" selected>' in form
    assert Order.objects.get().customer_id == last


def test_a_form_that_was_refused_can_be_sent_again(browser: Browser) -> None:
    path = "/shop/customer/new/"
    browser.fill(path, name="Ann", idempotency_key="used")
    refused = browser.fill(path, name="Bob", idempotency_key="used")
    [key] = re.findall('name="idempotency_key" value="([^"]+)"', refused.content.decode())

    added = browser.fill(path, name="Bob", idempotency_key=key)

    assert (refused.status_code, added.status_code) == (422, 302)
    assert {*Customer.objects.values_list("name", flat=True)} == {"Ann", "Bob"}


def test_a_curl_line_has_no_character_that_a_terminal_obeys(browser: Browser) -> None:
    name = "\x7f\x7f:;touch /tmp/x #\u202e"
    response = browser.fill("/shop/product/new/", name=name, price="a lot")

    [line] = re.findall("(?s)<pre><code>(.*?)</code>", response.content.decode())

    assert "\\u007f\\u007f:;touch /tmp/x #\\u202e" in unescape(line)
    assert not re.search("[\x7f\u202e]", unescape(line))


def test_headers_and_parameters_of_the_browser_do_not_change_the_call(browser: Browser) -> None:
    api = Api(browser)
    keys = [api.customer(f"Customer {number}")["id"] for number in range(30)]

    conditional = browser.get(f"/shop/customer/{keys[0]}/", headers={"If-None-Match": "*"})
    page = browser.get(f"/shop/customer/?after={keys[0]}%26limit=1000")

    assert conditional.status_code == 200
    assert page.status_code == 422
    for pk in ("%23", "%3F", f"{keys[0]}%0A", f"{keys[0]}%3Flimit=1000"):
        assert "404" in browser.page(f"/shop/customer/{pk}/", status=404)


@pytest.mark.parametrize(
    "path", ["customer/0/", "customer/x/", "cheque/", "product/0/", "order/0/"]
)
def test_what_does_not_exist_is_a_page_that_says_so(browser: Browser, path: str) -> None:
    assert "404" in browser.page(f"/shop/{path}", status=404)


def test_a_page_after_no_row_says_what_is_wrong(browser: Browser) -> None:
    assert "'x' is no customer id" in browser.page("/shop/customer/?after=x", status=422)


def test_the_curl_lines_do_what_the_page_has_done(server: Server, tmp_path: Path) -> None:
    server.start("--no-demo")
    ann = server.call("POST", "/customer/", {"name": 'O\'Hara & "sons"'})
    page = server.call("GET", f"/shop/customer/{ann['id']}/")

    [line] = re.findall("(?s)<pre><code>(.*?)</code>", page)
    said = subprocess.run(
        ["/bin/sh", "-c", unescape(line)], cwd=tmp_path, capture_output=True, text=True, check=True
    )

    assert unescape(line).startswith("curl http://127.0.0.1:")
    assert said.stdout == f'{{"id":{_json(ann["id"])},"name":"O\'Hara & \\"sons\\""}}'


def _json(key: object) -> str:
    return f'"{key}"' if isinstance(key, str) else str(key)
