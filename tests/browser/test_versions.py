"""Version control on the pages, with JavaScript and without, and how it looks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, look_at


class Shop:
    """The REST API of the server under test."""

    def __init__(self, page: Page) -> None:
        self.requests = page.request

    def send(self, method: str, path: str, body: Any = None, branch: str = "main") -> Any:
        options: Any = {"headers": {"Dolt-Branch": branch}, "method": method}
        response = self.requests.fetch(path, **options, **({"data": body} if body else {}))
        assert response.ok, response.text()
        return response.json() if response.body() else None

    def product(self, price: str, stock: int = 10) -> str:
        """Create a product; return its path."""
        new = {"name": "Kite", "price": price, "stock": stock}
        return f"/product/{self.send('POST', '/product/', new)['id']}/"

    def change(self, path: str, branch: str = "main", **fields: Any) -> None:
        body = {**self.send("GET", path, branch=branch), **fields}
        del body["id"]
        self.send("PUT", path, body, branch)

    def branch(self) -> str:
        """Create a branch of main; return its name."""
        name = f"season-{uuid4().hex[:6]}"
        return str(self.send("POST", "/dolt/branches", {"name": name})["name"])


@pytest.fixture
def shop(page: Page) -> Shop:
    return Shop(page)


@pytest.fixture
def conflict(shop: Shop) -> Iterator[tuple[str, str]]:
    """Yield a product and a branch that changed it as main did not; delete the branch."""
    path, branch = shop.product("1.00"), shop.branch()
    shop.change(path, price="1.10", stock=8)
    shop.change(path, branch, price="1.20", stock=7)
    yield path, branch
    shop.send("DELETE", f"/dolt/branches/{branch}?force=1")


def menu(page: Page) -> None:
    page.locator(".switcher summary").click()


@pytest.mark.parametrize("which", ["page", "plain"])
def test_a_branch_is_created_changed_merged_and_deleted(
    request: pytest.FixtureRequest, which: str, shop: Shop
) -> None:
    path, name = shop.product("2.00"), f"branch-{uuid4().hex[:6]}"
    page: Page = request.getfixturevalue(which)
    page.goto(f"/shop{path}")
    menu(page)
    page.get_by_label("New branch from main").fill(name)
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_text(f"The branch {name} was created from main")).to_be_visible()
    page.get_by_label("Price").fill("2.50")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Price")).to_have_attribute("value", "2.50")  # of the new page
    expect(page.locator("pre code").first).to_contain_text(f"Dolt-Branch: {name}")
    assert shop.send("GET", path)["price"] == "2.00"

    menu(page)
    page.get_by_role("link", name=f"Compare {name} with main").click()
    expect(page.get_by_role("row", name="price 2.00 2.50")).to_be_visible()
    page.get_by_role("button", name="Merge").click()
    expect(page.get_by_text(f"{name} was merged into main")).to_be_visible()
    assert shop.send("GET", path)["price"] == "2.50"

    page.get_by_role("link", name="All branches").click()
    page.get_by_role("button", name=f"Delete {name}").click()
    expect(page.get_by_text(f"The branch {name} was deleted")).to_be_visible()
    expect(page.locator(".switcher summary")).to_have_text("Branch main")


@pytest.mark.parametrize("which", ["page", "plain"])
def test_conflicts_are_resolved_on_the_page_and_an_outdated_decision_is_refused(
    request: pytest.FixtureRequest, which: str, shop: Shop, conflict: tuple[str, str]
) -> None:
    path, branch = conflict
    page: Page = request.getfixturevalue(which)
    page.goto(f"/shop/branches/{branch}/")
    expect(page.get_by_text("2 conflicts must be decided first")).to_be_visible()
    decide(page)
    shop.change(path, stock=6)  # somebody is faster

    page.get_by_role("button", name="Merge").click()
    expect(page.get_by_role("alert")).to_contain_text("have new commits since this page was shown")
    expect(page.get_by_label("Decision").first).to_have_value("")
    decide(page)
    page.get_by_role("button", name="Try these decisions").click()
    expect(page.get_by_text("Tried: this would work")).to_be_visible()
    expect(page.get_by_label("Decision").first).to_have_value("theirs")
    page.get_by_role("button", name="Merge").click()

    expect(page.get_by_text(f"{branch} was merged into main")).to_be_visible()
    assert {**shop.send("GET", path), "id": 0} == {
        "id": 0,
        "name": "Kite",
        "price": "1.20",
        "stock": 3,  # 10 - 4 - 3
    }


def decide(page: Page) -> None:
    price, stock = page.get_by_label("Decision").all()
    price.select_option("take theirs")
    stock.select_option("add both changes")


def test_the_slider_shows_the_row_as_it_was_and_restores_it(page: Page, shop: Shop) -> None:
    path = shop.product("1.00")
    for price in ("2.00", "3.00"):
        shop.change(path, price=price)
    page.goto(f"/shop{path}")
    page.get_by_role("link", name="Its history").click()
    version = page.get_by_role("region", name="The chosen version")
    expect(version).to_contain_text("3.00")

    page.get_by_role("slider").focus()
    page.keyboard.press("ArrowLeft")
    expect(version).to_contain_text("2.00")
    page.keyboard.press("ArrowLeft")
    expect(version).to_contain_text("1.00")
    expect(version.locator("code").last).to_contain_text("?as_of=")
    page.get_by_role("button", name="Restore this version").click()

    expect(page.get_by_text("was restored, by a new commit")).to_be_visible()
    expect(page.get_by_text("price: 3.00 → 1.00")).to_be_visible()
    assert shop.send("GET", path)["price"] == "1.00"


def test_without_javascript_links_and_the_button_show_a_version(plain: Page, shop: Shop) -> None:
    path = shop.product("1.00")
    shop.change(path, price="2.00")
    plain.goto(f"/shop{path}history/")
    version = plain.get_by_role("region", name="The chosen version")

    plain.get_by_role("slider").fill("1")
    plain.get_by_role("button", name="Show").click()
    expect(version).to_contain_text("1.00")
    plain.get_by_role("link", name="Show the version of").first.click()
    expect(version).to_contain_text("2.00")
    plain.get_by_role("link", name="Show the version of").last.click()

    plain.get_by_role("button", name="Restore this version").click()
    assert shop.send("GET", path)["price"] == "1.00"


def test_a_change_request_is_opened_and_reviewed(page: Page, conflict: tuple[str, str]) -> None:
    _, branch = conflict
    page.goto(f"/shop/branches/{branch}/")
    page.get_by_role("link", name="Request its merge").click()
    page.get_by_label("Title").fill("Prices of the season")
    page.get_by_role("button", name="Open it").click()
    expect(page.get_by_text(re.compile("needs more approvals"))).to_be_visible()

    page.get_by_role("button", name="Review").click()

    expect(page.get_by_role("alert")).to_contain_text("cannot approve it")
    page.get_by_label("Decision").select_option("comment")
    page.get_by_label("Text").fill("Why so much?")
    page.get_by_role("button", name="Review").click()
    expect(page.get_by_text("Why so much?")).to_be_visible()


def test_on_a_phone_the_button_that_deletes_a_branch_is_in_view(page: Page, shop: Shop) -> None:
    name = shop.branch()
    page.set_viewport_size(PHONE)

    page.goto("/shop/branches/")

    expect(page.get_by_role("button", name=f"Delete {name}")).to_be_in_viewport(ratio=1)


def test_the_fields_of_a_review_are_in_line(page: Page, shop: Shop, conflict: Any) -> None:
    body = {"title": "Prices of the season", "source": conflict[1]}
    page.goto(f"/shop/requests/{shop.send('POST', '/dolt/requests', body)['id']}/")

    boxes = [page.get_by_label(label).bounding_box() or {} for label in ("Decision", "Text")]

    assert round(boxes[0]["y"]) == round(boxes[1]["y"])


def test_the_pages_are_accessible_and_fit_the_window(
    page: Page, shop: Shop, conflict: tuple[str, str]
) -> None:
    path, branch = conflict
    body = {"title": "Prices of the season", "source": branch, "target": "main"}
    number = shop.send("POST", "/dolt/requests", body)["id"]
    pages = {
        "branches": "/shop/branches/",
        "merge": f"/shop/branches/{branch}/",
        "requests": "/shop/requests/",
        "new request": f"/shop/requests/new/?source={branch}",
        "request": f"/shop/requests/{number}/",
        "product": f"/shop{path}",
        "history": f"/shop{path}history/",
        "order history": "/shop/order/1/history/",
    }
    for name, address in pages.items():
        page.goto(address)
        assert look_at(page, name) == []
    menu(page)
    assert look_at(page, "switcher") == []
