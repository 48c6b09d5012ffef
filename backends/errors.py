"""What stops a command, as one sentence that says what to do."""

from __future__ import annotations


class CannotRun(Exception):
    """The message is shown to the person at the terminal as it is."""
