"""`dbshell` on MongoDB."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterable

from django.core.management.base import CommandError
from django.db.backends.base.client import BaseDatabaseClient


class DatabaseClient(BaseDatabaseClient):
    """mongosh with the URL in HOST; django-mongodb-backend would pass a host, a port and a user."""

    executable_name = "mongosh"

    def runshell(self, parameters: Iterable[str]) -> None:
        """Raise CommandError if mongosh fails; its message does not contain the URL."""
        command = [self.executable_name, self.connection.settings_dict["HOST"], *parameters]
        ours = signal.signal(signal.SIGINT, signal.SIG_IGN)  # mongosh handles Ctrl-C
        try:
            code = subprocess.run(command).returncode
        finally:
            signal.signal(signal.SIGINT, ours)
        if code:
            raise CommandError(f"mongosh ended with exit code {code}.", returncode=code)
