"""Which tables may hold what a test has written: known on MongoDB, where emptying all takes long.

Its driver reports each command of each client of this process, whichever thread sends it:
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
    """Begin, before the first client is made."""
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
    """Those to which this process has written since the last emptied(); None: it is not known.

    A test whose child processes write to its own database writes to the same tables itself.
    """
    return set(_collections) if settings.BACKEND in ("mongodb", "djongo") else None


def emptied() -> None:
    """There is nothing left to be emptied."""
    _collections.clear()
