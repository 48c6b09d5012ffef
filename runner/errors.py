"""Errors that end a command, with a message that says what to do."""

from __future__ import annotations


class CannotRun(Exception):
    """The command cannot be run; the message is shown to the user, without a traceback."""


class ServerUnavailable(CannotRun):
    """Something that a backend needs is not on this machine; `command` installs it."""

    def __init__(self, what: str, command: str) -> None:
        super().__init__(f"{what} is not available. To get it:\n  {command}")
        self.command = command
