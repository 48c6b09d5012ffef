"""Every page is accessible, in light and dark, and fits on a phone."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, SCREENSHOTS, look_at

PAGES = {
    "home": "/",
    "customers": "/shop/customer/",
    "new product": "/shop/product/new/",
    "new order": "/shop/order/new/",
    "storm": "/shop/storm/",
    "sessions": "/shop/sessions/",
    "chapter": "/shop/docs/matrix.md",
    "not found": "/shop/nothing/",
}


def test_the_pages_are_accessible_and_fit_the_window(page: Page) -> None:
    for name, path in PAGES.items():
        page.goto(path)
        assert look_at(page, name) == []


def test_the_results_are_accessible_and_fit_the_window(page: Page) -> None:
    for name, button in (("storm", "Let them buy"), ("sessions", "Play")):
        page.goto(PAGES[name])
        page.get_by_role("button", name=button).click()
        page.locator("#result").wait_for()
        assert look_at(page, f"{name} result") == []


def test_the_legend_of_a_storm_has_the_colours_of_its_bars(page: Page) -> None:
    page.goto(PAGES["storm"])
    page.get_by_role("button", name="Let them buy").click()
    page.locator("#result").wait_for()

    for outcome in ("bought", "sold-out"):
        bar = page.locator(f".buyers .{outcome} rect.last").first
        mark = page.locator(f".legend .{outcome}")
        fill = bar.evaluate("each => getComputedStyle(each).fill")
        assert mark.evaluate("each => getComputedStyle(each).backgroundColor") == fill


def test_on_a_phone_the_statements_of_both_sessions_are_in_view(page: Page) -> None:
    page.set_viewport_size(PHONE)
    page.goto(PAGES["sessions"])
    page.get_by_role("button", name="Play").click()
    page.locator("#result").wait_for()

    for session in ("A", "B"):
        cell = page.locator(f".sessions td[data-session={session}]").first
        cell.scroll_into_view_if_needed()
        expect(cell).to_be_in_viewport(ratio=1)
        assert (cell.bounding_box() or {})["width"] > 300


def test_on_a_phone_a_long_name_is_broken_and_the_pieces_of_an_order_are_in_view(
    page: Page,
) -> None:
    page.set_viewport_size(PHONE)
    added = page.request.post("/product/", data={"name": "W" * 250, "price": "1.00"}).json()
    path = f"product/{added['id']}/"

    for shown in (f"/shop/{path}", f"/shop/product/?q={'W' * 250}", PAGES["new order"]):
        page.goto(shown)
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    pieces = page.get_by_label("Pieces of Umbrella").bounding_box() or {}
    page.request.delete(f"/{path}")

    assert 0 < pieces["x"] + pieces["width"] <= PHONE["width"]


def test_the_picture_of_the_readme_shows_the_result_of_a_storm(page: Page) -> None:
    page.set_viewport_size({"width": 1000, "height": 760})
    page.goto(PAGES["storm"])
    page.get_by_role("button", name="Let them buy").click()
    page.locator("#result").wait_for()

    page.evaluate("document.querySelector('#result').scrollIntoView()")
    page.screenshot(path=SCREENSHOTS / "README storm.png")

    exact = page.get_by_text("10 orders of 10 pieces, and 0 left in stock: exact.")
    expect(exact).to_be_in_viewport()
    expect(page.get_by_text("Who won")).to_be_in_viewport()
