"""Settings without which a deployed application does not start."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from settings import chosen
from tests.serving import ROOT

SECRETS = {
    "SECRET_KEY": "s" * 25 + "0123456789abcdefghijklmnopqrstuvwxyz",
    "ALLOWED_HOSTS": "bank.example.org",
    "API_TOKENS": "ann:0123456789abcdef,bob:fedcba9876543210",
}


def check(**environment: str) -> subprocess.CompletedProcess[str]:
    """Run `manage.py check --deploy` with DEPLOY=1 and these variables."""
    kept = {name: value for name, value in os.environ.items() if name not in SECRETS}
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env=kept | {"DEPLOY": "1"} | environment,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(("value", "name"), [("", "postgresql"), ("dolt", "dolt")])
def test_an_empty_variable_names_the_default_backend(
    monkeypatch: pytest.MonkeyPatch, value: str, name: str
) -> None:
    monkeypatch.setenv("BACKEND", value)

    assert chosen() == name


def test_a_deployed_application_passes_djangos_deployment_check() -> None:
    result = check(**SECRETS)

    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize("missing", SECRETS)
def test_a_deployed_application_does_not_start_without_a_required_setting(missing: str) -> None:
    result = check(**{name: value for name, value in SECRETS.items() if name != missing})

    assert result.returncode == 1
    assert result.stderr == f"A deployed application needs {missing} in its environment.\n"


def test_all_missing_settings_are_reported_at_once() -> None:
    assert "SECRET_KEY, ALLOWED_HOSTS, API_TOKENS" in check().stderr
