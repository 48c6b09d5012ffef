"""Prints a message if pytest is run without settings or selects no test."""

from __future__ import annotations

import os
import sys

import pytest

if "DJANGO_SETTINGS_MODULE" not in os.environ:
    sys.exit(
        "No database is configured. Run `.venv/bin/python -m runner test postgresql`. For an "
        "editor, run `.venv/bin/python -m runner up postgresql`, set POSTGRESQL_URL to the URL "
        "that it prints, and set DJANGO_SETTINGS_MODULE=settings.postgresql."
    )


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, exitstatus: int) -> None:
    """Print the reason if no test was run."""
    if exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED:
        terminalreporter.write_line("No test was selected: -k, -m or the paths match none.")
