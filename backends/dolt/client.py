"""`dbshell` on Dolt."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from typing import Any

from django.db.backends.mysql import client


class DatabaseClient(client.DatabaseClient):
    """`dolt sql`, or `mysql`, as Django does, if `dolt` is not on PATH."""

    @classmethod
    def settings_to_cmd_args_env(
        cls, settings_dict: dict[str, Any], parameters: Iterable[str]
    ) -> tuple[list[str], dict[str, str] | None]:
        if shutil.which("dolt") is None:
            return super().settings_to_cmd_args_env(settings_dict, parameters)
        place = {name.lower(): settings_dict[name] for name in ("HOST", "PORT", "USER")}
        options = [f"--{name}={value}" for name, value in place.items() if value]
        if "ssl" not in settings_dict["OPTIONS"]:
            options.append("--no-tls")
        words = ["dolt", *options, f"--use-db={settings_dict['NAME']}", "sql", *parameters]
        # Disables telemetry.
        usage = {"DOLT_DISABLE_EVENT_FLUSH": "true"}
        return words, usage | {"DOLT_CLI_PASSWORD": settings_dict["PASSWORD"]}
