"""What people do on the pages, with JavaScript and without."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect


@pytest.mark.parametrize("window", ["page", "plain"])
def test_a_customer_is_added_orders_and_is_deleted(
    request: pytest.FixtureRequest, window: str
) -> None:
    page: Page = request.getfixturevalue(window)
    page.goto("/")
    page.get_by_role("link", name="Customers", exact=True).click()
    page.get_by_role("link", name="Add a customer").click()
    page.get_by_label("Name", exact=True).fill("Dora Drum")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Dora Drum")
    page.get_by_role("link", name="Place an order for this customer").click()
    page.get_by_label("Pieces of Umbrella").fill("2")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_text("Subtotal: 25.00")).to_be_visible()
    expect(page.locator("pre code").first).to_contain_text("curl --header 'Idempotency-Key: ")
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("heading", name="Orders")).to_be_visible()

    page.goto("/shop/customer/?q=Dora+Drum")
    page.get_by_role("cell").get_by_role("link").click()
    page.get_by_role("button", name="Delete").click()

    expect(page.get_by_role("heading", name="Customers")).to_be_visible()
    page.goto("/shop/customer/?q=Dora+Drum")
    expect(page.get_by_text("There is no customer")).to_be_visible()


def test_the_search_shows_rows_while_one_types(page: Page) -> None:
    page.goto("/shop/product/")

    page.get_by_role("searchbox").press_sequentially("lamp", delay=30)

    expect(page.get_by_role("cell", name="Desk lamp")).to_be_visible()
    expect(page.get_by_role("cell", name="Coffee")).to_be_hidden()
    expect(page).to_have_url(re.compile(r"\?q=lamp$"))


def test_an_error_is_shown_beside_its_field(page: Page) -> None:
    page.goto("/shop/product/new/")
    page.get_by_label("Name").fill("Pen")
    page.get_by_label("Price").fill("1.234")

    page.get_by_role("button", name="Add").click()

    expect(page.locator("#price-error")).to_be_visible()
    expect(page.get_by_label("Price")).to_have_value("1.234")


@pytest.mark.parametrize("window", ["page", "plain"])
def test_a_storm_sells_exactly_the_stock(request: pytest.FixtureRequest, window: str) -> None:
    page: Page = request.getfixturevalue(window)
    page.goto("/shop/storm/")

    page.get_by_role("button", name="Let them buy").click()

    expect(page.get_by_text("10 orders of 10 pieces, and 0 left in stock: exact.")).to_be_visible()
    expect(page.get_by_role("img")).to_have_count(50)


def test_a_storm_without_transactions_does_not_add_up(page: Page) -> None:
    page.goto("/shop/storm/")
    page.get_by_label("in no transaction").check()

    page.get_by_role("button", name="Let them buy").click()

    expect(page.locator("#result")).to_have_text("In no transaction")
    expect(page.locator("section p.problem")).to_contain_text("does not add up")


def test_two_sessions_show_each_statement_and_the_answer(page: Page) -> None:
    page.goto("/shop/sessions/")
    page.get_by_label("lost update, with a token").check()

    page.get_by_role("button", name="Play").click()

    expect(page.get_by_text("One of two transactions committed")).to_be_visible()
    expect(page.locator("tr.refused")).not_to_have_count(0)
    expect(page.get_by_role("cell", name="COMMIT")).not_to_have_count(0)


def test_what_was_typed_stays_when_the_form_is_refused(page: Page) -> None:
    page.goto("/shop/customer/new/")
    page.get_by_label("Name").fill("Ann")
    page.context.clear_cookies()

    page.get_by_role("button", name="Add").click()

    expect(page.get_by_role("alert")).to_contain_text("Nothing was saved")
    expect(page.get_by_label("Name")).to_have_value("Ann")


def test_the_keyboard_reaches_the_content_first(page: Page) -> None:
    page.goto("/")

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.locator("main")).to_be_focused()


def test_a_command_is_copied(page: Page, site: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/")

    page.get_by_role("button", name="Copy").click()

    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == f"curl {site}/health/"
