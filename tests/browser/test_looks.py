"""Every page is accessible, in light and dark, and fits on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import look_at

PAGES = {
    "home": "/",
    "customers": "/shop/customer/",
    "new product": "/shop/product/new/",
    "new order": "/shop/order/new/",
    "storm": "/shop/storm/",
    "sessions": "/shop/sessions/",
    "not found": "/shop/nothing/",
}


def test_the_pages_are_accessible_and_fit_the_window(
    window: Page, request: pytest.FixtureRequest
) -> None:
    for name, path in PAGES.items():
        window.goto(path)
        assert look_at(window, f"{name} {request.node.callspec.id}") == []


def test_the_results_are_accessible_and_fit_the_window(
    window: Page, request: pytest.FixtureRequest
) -> None:
    for name, button in (("storm", "Let them buy"), ("sessions", "Play")):
        window.goto(PAGES[name])
        window.get_by_role("button", name=button).click()
        window.locator("#result").wait_for()
        assert look_at(window, f"{name} result {request.node.callspec.id}") == []
