"""`dbshell` on MongoDB."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterable

from django.core.management.base import CommandError
from django.db.backends.base.client import BaseDatabaseClient


class DatabaseClient(BaseDatabaseClient):
    """mongosh, at the URL in HOST; django-mongodb-backend's own gives it a host, a port, a user."""

    executable_name = "mongosh"

    def runshell(self, parameters: Iterable[str]) -> None:
        """Raises CommandError, without the password in the URL, where mongosh fails."""
        command = [self.executable_name, self.connection.settings_dict["HOST"], *parameters]
        ours = signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for mongosh
        try:
            code = subprocess.run(command).returncode
        finally:
            signal.signal(signal.SIGINT, ours)
        if code:
            raise CommandError(f"mongosh ended with exit code {code}.", returncode=code)
