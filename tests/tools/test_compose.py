"""The files in compose/, checked without starting a container."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from backends.cockroachdb.server import VERSION
from runner.backends import backend
from settings import NAMES
from tests.serving import ROOT

COMPOSE = ROOT / "compose"
# Compose's own tag: the attribute is not taken over from the service that is extended.
yaml.SafeLoader.add_constructor("!reset", lambda loader, node: loader.construct_sequence(node))
FILES = {file.name: yaml.safe_load(file.read_text()) for file in COMPOSE.glob("*.yaml")}
SERVICES = [
    pytest.param(file, name, id=f"{file}:{name}")
    for file, content in sorted(FILES.items())
    for name in content["services"]
]
PINNED = re.compile(r"(\$\{\w+_IMAGE:-)?[^:$]+:v?\d+\.\d+[-.\w]*\}?")
OWN = re.compile(r"bank-(application|tests|matrix)(:\w+)?")


def service(file: str, name: str) -> dict[str, Any]:
    """Return a service with the attributes of the one that it extends."""
    own = FILES[file]["services"][name]
    extended = own.get("extends")
    return {**service(extended["file"], extended["service"]), **own} if extended else own


@pytest.mark.parametrize(("file", "name"), SERVICES)
def test_a_service_pins_the_version_of_its_image(file: str, name: str) -> None:
    found = service(file, name).get("image", "built:1.0")

    assert PINNED.fullmatch(found) or OWN.fullmatch(found)
    assert "cockroachdb/" not in found or f"cockroachdb/cockroach:{VERSION}" in found


def test_the_images_of_the_dockerfile_have_the_versions_of_the_services() -> None:
    dockerfile = (COMPOSE / "application.Dockerfile").read_text()
    named = dict(re.findall(r"^ARG (\w+_IMAGE)=(\S+)$", dockerfile, re.MULTILINE))
    text = "".join(file.read_text() for file in COMPOSE.glob("*.yaml"))
    services = dict(re.findall(r"\$\{(\w+_IMAGE):-([^}]+)\}", text))

    assert all(PINNED.fullmatch(named.pop(f"{name}_IMAGE")) for name in ("PYTHON", "DOCKER"))
    assert named == {name: services[name] for name in named}


@pytest.mark.parametrize(("file", "name"), SERVICES)
def test_a_service_is_published_on_loopback_only(file: str, name: str) -> None:
    assert all(port.startswith("127.0.0.1:${") for port in service(file, name).get("ports", []))


@pytest.mark.parametrize(("file", "name"), SERVICES)
def test_a_long_running_service_has_a_healthcheck(file: str, name: str) -> None:
    found = service(file, name)
    runs_once = name in {"secrets", "migrations", "certificates", "database", "tests", "matrix"}
    # The image of the application has its own.
    has_one = found.get("healthcheck", {"disable": True}) != {"disable": True}

    assert runs_once or has_one or name.startswith("application")


@pytest.mark.parametrize("file", [*FILES])
def test_engines_before_version_25_accept_the_file(file: str) -> None:
    assert "start_interval" not in (COMPOSE / file).read_text()


def test_no_secret_has_a_default() -> None:
    secrets = {"PASSWORD", "SECRET_KEY", "ALLOWED_HOSTS", "API_TOKENS"}
    text = "".join(file.read_text() for file in COMPOSE.glob("*.yaml"))

    variables = set(re.findall(r"\$\{(\w+)(:[-?]|\})", text))

    assert all(mark == ":?" for name, mark in variables if name in secrets)


@pytest.mark.parametrize("name", NAMES)
def test_a_backend_has_a_compose_file_with_its_application_and_its_tests(name: str) -> None:
    assert {"secrets", "migrations", "application", "tests"} <= {*FILES[f"{name}.yaml"]["services"]}


@pytest.mark.parametrize("name", NAMES)
def test_every_compose_file_that_a_backend_starts_exists(name: str) -> None:
    for provider in backend(name).providers:
        if provider.what.startswith("Docker, "):
            assert provider.what.removeprefix("Docker, compose/") in FILES
