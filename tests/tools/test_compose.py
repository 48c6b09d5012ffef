"""The files in compose/, checked without starting a container."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from backends.cockroachdb.server import VERSION
from runner.backends import backend
from settings import NAMES
from tests.serving import ROOT

COMPOSE = ROOT / "compose"
FILES = {file.name: yaml.safe_load(file.read_text()) for file in COMPOSE.glob("*.yaml")}
SERVICES = [
    pytest.param(file, name, id=f"{file}:{name}")
    for file, content in sorted(FILES.items())
    for name in content["services"]
]
PINNED = re.compile(r".+:v?\d+\.\d+[-.\w]*")


def image(service: dict[str, Any]) -> str:
    """Return the image that a service runs, or the base of the image that it builds."""
    if "build" not in service:
        return str(service["image"])
    dockerfile = ROOT / service["build"]["dockerfile"]
    return re.findall(r"^FROM (\S+)$", dockerfile.read_text(), re.MULTILINE)[-1]


@pytest.mark.parametrize(("file", "name"), SERVICES)
def test_a_service_pins_the_version_of_its_image(file: str, name: str) -> None:
    found = image(FILES[file]["services"][name])

    assert PINNED.fullmatch(found)
    assert "cockroachdb/" not in found or found == f"cockroachdb/cockroach:{VERSION}"


@pytest.mark.parametrize(("file", "name"), SERVICES)
def test_a_service_is_published_on_loopback_only(file: str, name: str) -> None:
    ports = FILES[file]["services"][name].get("ports", [])

    assert all(port.startswith("127.0.0.1:${") for port in ports)


@pytest.mark.parametrize(("file", "name"), SERVICES)
def test_a_long_running_service_has_a_healthcheck(file: str, name: str) -> None:
    services = FILES[file]["services"]
    waits = [service.get("depends_on", {}).get(name) for service in services.values()]

    ends = {"condition": "service_completed_successfully"} in waits
    healthcheck = services[name].get("healthcheck", {"disable": True})

    assert ends == (healthcheck == {"disable": True})


def test_no_secret_has_a_default() -> None:
    secrets = {"PASSWORD", "SECRET_KEY", "ALLOWED_HOSTS", "API_TOKENS"}
    text = "".join(file.read_text() for file in COMPOSE.glob("*.yaml"))

    variables = set(re.findall(r"\$\{(\w+)(:[-?]|\})", text))

    assert {(name, mark) for name, mark in variables if name in secrets} == {
        (name, ":?") for name in secrets
    }


@pytest.mark.parametrize("name", NAMES)
def test_every_compose_file_that_a_backend_starts_exists(name: str) -> None:
    for provider in backend(name).providers:
        if provider.what.startswith("Docker, "):
            assert provider.what.removeprefix("Docker, compose/") in FILES


COCKROACH = """#!/bin/sh
# Records its arguments, and creates the files that `cockroach cert` would create.
echo "$*" >> "$CALLS"
for word; do case $word in --certs-dir=*) into=${word#*=};; --ca-key=*) key=${word#*=};; esac; done
case "$1 $2" in
  "cert create-ca") touch "$into/ca.crt" "$key" ;;
  "cert create-node") touch "$into/node.crt" "$into/node.key" ;;
  "cert create-client") touch "$into/client.$3.crt" "$into/client.$3.key" ;;
esac
"""


def test_every_certificate_is_created_once_in_the_directory_of_its_owner(tmp_path: Path) -> None:
    program, calls, made = tmp_path / "cockroach", tmp_path / "calls", tmp_path / "certificates"
    program.write_text(COCKROACH)
    program.chmod(0o755)
    places = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "CALLS": str(calls)}

    for _ in range(2):
        subprocess.run(
            [COMPOSE / "cockroachdb-secure.sh", "certificates", "roach1", "roach2"],
            env=os.environ | places | {"CERTIFICATES": str(made)},
            check=True,
        )

    asked = [" ".join(line.split()[1:4]) for line in calls.read_text().splitlines()]
    assert [line.split()[0] for line in asked] == [
        *("create-ca", "create-node", "create-client", "create-client")
    ]
    assert {file.relative_to(made).as_posix() for file in made.rglob("*.*")} == {
        *("authority/ca.crt", "authority/ca.key"),
        *("nodes/ca.crt", "nodes/node.crt", "nodes/node.key"),
        *("root/ca.crt", "root/client.root.crt", "root/client.root.key"),
        *("bank/ca.crt", "bank/client.bank.crt", "bank/client.bank.key"),
    }
