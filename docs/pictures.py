"""`python docs/pictures.py`: updates the README's two pictures, from a run of `make matrix`.

The page of a storm was kept by the browser's tests on PostgreSQL; the report is build/matrix.html.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import ViewportSize, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
STORM = ROOT / "build" / "screenshots" / "postgresql" / "README storm.png"
REPORT = ROOT / "build" / "matrix.html"
IMAGES = ROOT / "docs" / "images"


def main() -> None:
    """Write docs/images; raise SystemExit if there was no run, or if there is no Chromium."""
    if missing := [str(file.relative_to(ROOT)) for file in (STORM, REPORT) if not file.exists()]:
        sys.exit(f"There is no {' and no '.join(missing)}: `make matrix` writes it.")
    with sync_playwright() as playwright:
        # Debian's Chromium as root, like tests/browser/conftest.py
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium") or sys.exit("apt install chromium"),
            args=["--no-sandbox"],
        )
        page = browser.new_page(viewport=ViewportSize(width=1300, height=900))
        page.goto(REPORT.as_uri())
        page.screenshot(path=IMAGES / "report.png")
        browser.close()
    shutil.copyfile(STORM, IMAGES / "storm.png")


if __name__ == "__main__":
    main()
