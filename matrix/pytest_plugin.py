"""A pytest plugin that adds tracebacks, and the test that is running, to the report log."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

from matrix.reports import RUNNING, TRACEBACK, name_of

Document = dict[str, Any] | None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Write the name of the running test into a file beside the report log.

    A test that hangs, crashes the interpreter or is killed has no report of its own.
    """
    log = item.config.getoption("report_log", None)
    if log is None:
        return (yield)
    running = Path(f"{log}{RUNNING}")
    running.write_text(name_of(item.nodeid, item.location))
    try:
        return (yield)
    finally:
        running.unlink()


@pytest.hookimpl(wrapper=True)
def pytest_report_to_serializable(
    report: pytest.TestReport | pytest.CollectReport,
) -> Generator[None, Document, Document]:
    """Add the traceback as text, as pytest prints it: the report has it only in parts."""
    document = yield
    if document is not None and report.failed:
        document[TRACEBACK] = report.longreprtext
    return document
