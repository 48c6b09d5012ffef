"""A Chromium on a running server."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from tests.serving import ROOT, Server

SCREENSHOTS = ROOT / "build" / "screenshots" / settings.BACKEND
# Playwright's own builds of browsers are not in a package registry; Debian's Chromium is.
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
DESKTOP, PHONE = ViewportSize(width=1200, height=800), ViewportSize(width=390, height=844)
LOOKS: dict[str, tuple[Literal["light", "dark"], ViewportSize]] = {
    "light": ("light", DESKTOP),
    "dark": ("dark", DESKTOP),
    "phone": ("light", PHONE),
}


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a server with demo data."""
    server = Server(tmp_path_factory.mktemp("browser"))
    server.start()
    yield f"http://127.0.0.1:{server.port}"
    server.stop()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    assert CHROMIUM, "Chromium is not installed: apt install chromium"
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=sandbox)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser, site: str) -> Iterator[Page]:
    """Return a window; the test fails if the browser's console has an error at the end."""
    context = chromium.new_context(base_url=site)
    context.set_default_timeout(20_000)
    page = context.new_page()
    errors: list[str] = []
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    # Chromium logs each response with an error's status, also one that the page then shows.
    assert [error for error in errors if "Failed to load resource" not in error] == []


@pytest.fixture
def plain(chromium: Browser, site: str) -> Iterator[Page]:
    """Return a window without JavaScript."""
    context = chromium.new_context(base_url=site, java_script_enabled=False)
    yield context.new_page()
    context.close()


def screenshot(page: Page, name: str) -> None:
    """Keep a picture of the whole page in build/screenshots/BACKEND."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=Path(SCREENSHOTS / f"{name}.png"), full_page=True)


def look_at(page: Page, name: str) -> list[str]:
    """Keep a screenshot of each look; return what axe calls serious, and what is too wide."""
    found = []
    for look, (scheme, size) in LOOKS.items():
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size(size)
        screenshot(page, f"{name} {look}")
        width = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        found += [*check(page), *([f"{name}: {width} px too wide"] if width > 0 else [])]
    return found


def check(page: Page) -> list[str]:
    """Return what axe calls serious or critical, with the elements."""
    violations = Axe().run(page).response["violations"]
    return [
        f"{each['id']}: {[node['html'] for node in each['nodes']]}"
        for each in violations
        if each["impact"] in ("serious", "critical")
    ]
