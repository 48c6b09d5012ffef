"""What the Docker engine has: containers, volumes and networks of a project of `docker compose`."""

from __future__ import annotations

import json
import re
import subprocess
import time
from collections.abc import Callable
from typing import Any

from runner.backend import Provider
from runner.backends import backend
from settings import NAMES
from tests.serving import ROOT

IMAGES = set(re.findall(r"^(\w+_IMAGE)=", (ROOT / "compose/local/images.env").read_text(), re.M))
"""The variables of the images that can be had everywhere: compose/local builds them."""
FILES = {name: (ROOT / "compose" / f"{name}.yaml").read_text() for name in NAMES}
APPLICATIONS = [name for name in FILES if {*re.findall(r"\{(\w+_IMAGE)", FILES[name])} <= IMAGES]
"""The backends all of whose images can be had."""
SERVERS = [name for name in APPLICATIONS if f"{name.upper()}_IMAGE" in IMAGES]
"""Those with a server of their own."""
NAMED = ("volume", "network")


def docker(*words: str, stdin: str | None = None) -> str:
    """Return the output of `docker WORDS`, which must succeed."""
    command = ["docker", *words]
    result = subprocess.run(command, input=stdin, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    return result.stdout


def containers(project: str) -> list[str]:
    """Return the ids of the project's containers, running or not."""
    return docker("ps", "--all", "--quiet", "--no-trunc", *_of(project)).split()


def inspected(project: str) -> list[dict[str, Any]]:
    """Return all that the engine tells about the project's containers."""
    found = containers(project)
    described: list[dict[str, Any]] = json.loads(docker("inspect", *found)) if found else []
    return described


def volumes(project: str) -> set[str]:
    """Return the volumes that the project's containers use, also those without a name."""
    mounts = [mount for each in inspected(project) for mount in each["Mounts"]]
    return {mount["Name"] for mount in mounts if mount["Type"] == "volume"}


def left(project: str) -> set[str]:
    """Return the project's containers, volumes and networks."""
    named = [docker(kind, "ls", "--format={{.Name}}", *_of(project)) for kind in NAMED]
    return {*containers(project), *"".join(named).split()}


def _of(project: str) -> list[str]:
    return ["--filter", f"label=com.docker.compose.project={project}"]


def within(seconds: float, holds: Callable[[], object]) -> bool:
    """Whether this holds within so many seconds."""
    give_up = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > give_up:
            return False
        time.sleep(0.05)
    return True


def docker_provider(name: str) -> Provider:
    """Return the provider that runs a backend's server in a container."""
    [found] = [each for each in backend(name).providers if each.what.startswith("Docker")]
    return found
