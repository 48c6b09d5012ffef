"""/docs: "Try it out" on every operation of the shop succeeds, with nothing typed."""

from __future__ import annotations

from playwright.sync_api import Locator, Page

TAGS = ("customer", "product", "order", "health")
OPERATIONS = 17


def test_every_operation_succeeds_with_its_example(page: Page) -> None:
    page.goto("/docs")
    sections = [page.locator(f"#operations-tag-{tag}").locator("..") for tag in TAGS]
    sections[0].wait_for()

    blocks = [block for section in sections for block in section.locator(".opblock").all()]
    statuses = [(block.get_attribute("id"), execute(block)) for block in blocks]

    assert [each for each in statuses if each[1] not in (200, 204)] == []
    assert len(statuses) == OPERATIONS


def execute(block: Locator) -> int:
    """Open the operation, try it out as it is, and return the status of the response."""
    block.locator(".opblock-summary-control").click()
    block.get_by_role("button", name="Try it out").click()
    block.get_by_role("button", name="Execute").click()
    status = block.locator(".live-responses-table .response-col_status").last.inner_text()
    block.locator(".opblock-summary-control").click()  # each open one makes the next one slower
    return int(status)
