"""Records the tables that a test has written, on MongoDB only, where emptying all is slow.

Its driver reports each command of every client and thread of this process:
https://pymongo.readthedocs.io/en/stable/api/pymongo/monitoring.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from pymongo.monitoring import CommandFailedEvent, CommandStartedEvent, CommandSucceededEvent

READS = {"aggregate", "count", "distinct", "explain", "find", "getMore", "listIndexes"}
_collections: set[str] = set()


def watch() -> None:
    """Start recording; must be called before the first client is created."""
    if settings.BACKEND in ("mongodb", "djongo"):
        from pymongo import monitoring

        class Commands(monitoring.CommandListener):
            def started(self, event: CommandStartedEvent) -> None:
                name = event.command.get(event.command_name)
                if event.command_name not in READS and isinstance(name, str):
                    _collections.add(name)

            def succeeded(self, event: CommandSucceededEvent) -> None: ...

            def failed(self, event: CommandFailedEvent) -> None: ...

        monitoring.register(Commands())


def tables() -> set[str] | None:
    """Return the tables that this process has written since the last emptied(); None if unknown.

    Child processes are not recorded. A test whose child processes write to the test's database
    must write to the same tables itself.
    """
    return set(_collections) if settings.BACKEND in ("mongodb", "djongo") else None


def emptied() -> None:
    """Start a new record, after all written tables were emptied."""
    _collections.clear()
