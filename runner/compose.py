"""`docker compose` with compose/NAME.yaml: a project's containers, volumes and images."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from runner.errors import CannotRun, ServerUnavailable
from runner.processes import ROOT, running
from runner.terminal import foreground
from settings.environment import flag

DIRECTORY = ROOT / "compose"
INSTALL, START = "curl -fsSL https://get.docker.com | sh", "sudo systemctl start docker"
START_SECONDS = 60  # until a service is healthy, as in wait_until()
STOP_SECONDS = 20  # then a container is killed; a database gets as long as in running()
ANSWER_SECONDS = 20  # for an engine to answer


def missing() -> str | None:
    """Return None if there is a Docker engine, else the command that installs or starts it."""
    if not shutil.which("docker") or _fails("docker", "compose", "version"):
        return INSTALL
    return START if _fails("docker", "compose", "ls") else None


def _fails(*command: str) -> bool:
    try:
        # In a session of its own, which a second Ctrl-C does not reach.
        done = subprocess.run(
            command, capture_output=True, timeout=ANSWER_SECONDS, start_new_session=True
        )
        return done.returncode != 0
    except subprocess.TimeoutExpired:
        return True


class Project:
    """One use of compose/NAME.yaml; containers and volumes of different projects are separate.

    With LOCAL_IMAGES=1 it uses the images that compose/local/images.sh builds from packages.
    """

    def __init__(self, file: str, project: str, **variables: str) -> None:
        self.name, self.project = file, project
        self.environment = os.environ | variables
        self.command = [*command(file), f"--project-name={project}"]

    def run(self, *words: str, **options: Any) -> subprocess.CompletedProcess[str]:
        """Run `docker compose WORDS` with these options of subprocess.run()."""
        return subprocess.run([*self.command, *words], env=self.environment, text=True, **options)

    def read(self, *words: str) -> str:
        """Return the output of `docker compose WORDS`; raise CannotRun if it fails."""
        result = self.run(*words, capture_output=True)
        if result.returncode:
            raise CannotRun(f"`docker compose {words[0]}`: {result.stderr.strip()}")
        return result.stdout.strip()

    def pull(self, *services: str) -> None:
        """Pull the images of these services, or of all, unless they are on this machine.

        Raises ServerUnavailable if one cannot be pulled.
        """
        if self.run(
            "pull", "--quiet", "--policy=missing", "--ignore-buildable", *services
        ).returncode:
            pull = " ".join(["docker", "compose", "--file", f"compose/{self.name}.yaml", "pull"])
            raise ServerUnavailable(f"An image of compose/{self.name}.yaml", pull)

    def start(self, service: str) -> None:
        """Start the service, and wait until it is healthy; raise CannotRun after START_SECONDS.

        `docker compose` ends before an exception leaves this method: if it was still creating a
        container, nothing would remove that.
        """
        up = ["up", "--detach", "--wait", f"--wait-timeout={START_SECONDS}", service]
        with running([*self.command, *up], env=self.environment) as child:
            if child.wait():
                self.run("logs", "--tail=20", service)
                raise CannotRun(f"`docker compose` could not start {service}; the reason is above.")

    def run_once(self, service: str, *arguments: str, mounts: Sequence[str]) -> int:
        """Run a service in the terminal, with these arguments and mounts; return its exit code.

        Its container is removed at the end, also after Ctrl-C, when `down` would leave it.
        """
        container = f"{self.project}-{service}"
        run = ["run", "--rm", f"--name={container}", *mounts]
        try:
            return foreground([*self.command, *run, service, *arguments], self.environment)
        finally:
            _fails("docker", "rm", "--force", container)

    @contextmanager
    def stopped(self, log: Path, *, forget: bool) -> Iterator[None]:
        """At the end of the block append the containers' logs to the file and remove them.

        Removes the volumes, which have the data, only with `forget`. If the engine does not do
        that in time, prints the command that does.
        """
        try:
            yield
        finally:
            down = ["down", f"--timeout={STOP_SECONDS}", *(["--volumes"] if forget else [])]
            try:
                with log.open("ab") as file:
                    self.run("logs", "--no-color", stdout=file, stderr=file, timeout=ANSWER_SECONDS)
                # In a session of its own, which a second Ctrl-C does not reach.
                bounds = {"timeout": STOP_SECONDS + ANSWER_SECONDS, "start_new_session": True}
                self.run(*down, capture_output=True, check=True, **bounds)
            except subprocess.SubprocessError:
                words = ["docker", "compose", f"--project-name={self.project}", *down]
                print(f"The engine did not remove all containers: {' '.join(words)}")


def command(file: str) -> Sequence[str]:
    """Return `docker compose` with the options for compose/FILE.yaml."""
    words = ["docker", "compose", f"--file={DIRECTORY / file}.yaml"]
    if flag("LOCAL_IMAGES"):
        local = DIRECTORY / "local"
        words += [f"--env-file={local / 'images.env'}"]
        words += [f"--file={each}" for each in local.glob(f"{file}.yaml")]
    return words
