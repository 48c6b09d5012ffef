"""Messages of pytest where no settings are named, or no test is selected."""

from __future__ import annotations

import os
import sys

import pytest

if "DJANGO_SETTINGS_MODULE" not in os.environ:
    sys.exit(
        "No database is named. Run `.venv/bin/python -m runner test postgresql`; an editor has to "
        "set DJANGO_SETTINGS_MODULE=settings.postgresql, and POSTGRESQL_URL to what "
        "`.venv/bin/python -m runner up postgresql` prints and serves meanwhile."
    )


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, exitstatus: int) -> None:
    """Say why nothing was run."""
    if exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED:
        terminalreporter.write_line("No test was selected: -k, -m or the paths match none.")
