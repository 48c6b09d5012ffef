"""What stops a command, as one sentence that says what to do."""

from __future__ import annotations


class CannotRun(Exception):
    """The message is shown to the person at the terminal as it is."""


class ServerUnavailable(CannotRun):
    """Something that a backend needs is not on this machine; `command` would bring it."""

    def __init__(self, what: str, command: str) -> None:
        super().__init__(f"{what} is not here. This would bring it:\n  {command}")
        self.command = command
