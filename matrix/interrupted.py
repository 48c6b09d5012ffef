"""A plugin of pytest that names the test which was running when pytest itself was ended.

A test that hangs, crashes the interpreter or is killed leaves no report of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from matrix.results import RUNNING


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Keep the test's name in a file beside the report log while it runs."""
    log = item.config.getoption("report_log", None)
    if log is None:
        return (yield)
    running = Path(f"{log}{RUNNING}")
    running.write_text(item.nodeid)
    try:
        return (yield)
    finally:
        running.unlink()
