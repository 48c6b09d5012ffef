"""Every page is accessible, in light and dark, and fits on a phone."""

from __future__ import annotations

from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, ViewportSize

from tests.browser.conftest import screenshot

PAGES = {
    "home": "/",
    "customers": "/shop/customer/",
    "new product": "/shop/product/new/",
    "new order": "/shop/order/new/",
    "storm": "/shop/storm/",
    "sessions": "/shop/sessions/",
    "not found": "/shop/nothing/",
}
DESKTOP, PHONE = ViewportSize(width=1200, height=800), ViewportSize(width=390, height=844)
LOOKS: dict[str, tuple[Literal["light", "dark"], ViewportSize]] = {
    "light": ("light", DESKTOP),
    "dark": ("dark", DESKTOP),
    "phone": ("light", PHONE),
}


@pytest.fixture(params=LOOKS)
def window(request: pytest.FixtureRequest, page: Page) -> Page:
    """Return a window that is light, dark or narrow."""
    scheme, size = LOOKS[request.param]
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size(size)
    return page


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


def look_at(page: Page, name: str) -> list[str]:
    """Keep a screenshot; return what axe calls serious or critical, and whether it is too wide."""
    screenshot(page, name)
    width = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return [*check(page), *([f"{name}: {width} px too wide"] if width > 0 else [])]


def check(page: Page) -> list[str]:
    """Return what axe calls serious or critical, with the elements."""
    violations = Axe().run(page).response["violations"]
    return [
        f"{each['id']}: {[node['html'] for node in each['nodes']]}"
        for each in violations
        if each["impact"] in ("serious", "critical")
    ]
