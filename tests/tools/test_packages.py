"""Which packages are installed, in which environment, and when."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from runner import packages
from runner.errors import CannotRun, ServerUnavailable
from tests import serving
from tests.serving import ROOT, Server

MAKE = shutil.which("make") or "make"


def uv(python: Path, *words: str | Path) -> str:
    """Run `uv pip …` on the environment of this Python and return its output."""
    command = [sys.executable, "-m", "uv", "pip", *words, "--python", python]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def names_of(text: str) -> set[str]:
    """Return the names of the packages in a list, without versions and extras."""
    return {name.lower() for name in re.findall(r"^([\w.-]+).*==", text, re.MULTILINE)}


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the Python of an environment that has only requirements.txt installed."""
    home = tmp_path_factory.mktemp("deployed")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", home], check=True)
    uv(home / "bin" / "python", "install", "-r", ROOT / "requirements.txt")
    return home / "bin" / "python"


def test_serving_needs_no_development_package(
    deployed: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "PYTHON", str(deployed))
    monkeypatch.delenv("PYTHONPATH", raising=False)

    server.start("--no-demo")

    assert server.call("GET", "/customer/") == []
    installed = names_of(uv(deployed, "freeze"))
    assert "django" in installed
    assert not installed & names_of((ROOT / "requirements-dev.txt").read_text())


def test_tests_without_their_packages_name_the_command_that_installs_them(deployed: Path) -> None:
    words = [deployed, "-m", "runner", "test", "postgresql"]

    said = subprocess.run(words, cwd=ROOT, capture_output=True, text=True)

    assert said.returncode == 1
    assert said.stderr == "Tests need requirements-dev.txt: `make dev` installs it.\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a project with one backend, `own`, which has its own virtual environment."""
    (tmp_path / "backends" / "own").mkdir(parents=True)
    (tmp_path / "requirements.txt").write_text("packaging==26.3\n")
    (tmp_path / "backends" / "own" / "requirements.txt").write_text("# none\n")
    for name, file in {"SERVING": "requirements.txt", "TESTS": "requirements-dev.txt"}.items():
        monkeypatch.setattr(packages, name, tmp_path / file)
    monkeypatch.setattr(packages, "ROOT", tmp_path)
    return tmp_path


def test_packages_are_installed_again_only_when_a_requirements_file_has_changed(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    printed, installed = [], []
    for change in ("", "", "asgiref==3.13.0\n"):
        with (project / "backends" / "own" / "requirements.txt").open("a") as file:
            file.write(change)
        python = packages.install("own", own=True)
        printed.append(capfd.readouterr().out)
        installed.append(uv(python, "freeze").split())

    line = "installing requirements.txt and backends/own/requirements.txt (once)\n"
    assert printed == [line, "", line]
    assert installed == [*(2 * [["packaging==26.3"]]), ["asgiref==3.13.0", "packaging==26.3"]]


def test_an_unreachable_package_index_is_a_one_line_error(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "requirements.txt").write_text("no-such-package-at-all==1\n")
    monkeypatch.setenv("UV_DEFAULT_INDEX", "http://127.0.0.1:1/")
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    monkeypatch.setenv("UV_OFFLINE", "0")

    with pytest.raises(CannotRun, match=r"^uv cannot reach its package index: connect to the net"):
        packages.install("own", own=True)


def test_the_backends_versions_override_those_that_packages_ask_for(project: Path) -> None:
    (project / "old").mkdir()
    (project / "old" / "setup.py").write_text(
        "from setuptools import setup; setup(name='old', install_requires=['packaging<20'])"
    )
    (project / "requirements.txt").write_text(f"old @ file://{project}/old\n")
    (project / "backends" / "own" / "requirements.txt").write_text("packaging==26.3\n")

    python = packages.install("own", own=True)

    assert "packaging==26.3\n" in uv(python, "freeze")


def test_a_failed_build_names_the_system_packages_that_it_needs(
    project: Path,
) -> None:
    (project / "broken").mkdir()
    (project / "broken" / "setup.py").write_text("raise SystemExit('there is no compiler')\n")
    (project / "requirements.txt").write_text(f"broken @ file://{project}/broken\n")

    with pytest.raises(ServerUnavailable) as refused:
        packages.install("own", own=True, system="apt install compiler")

    assert refused.value.command == "apt install compiler"


@pytest.mark.parametrize(
    ("changed", "outdated"),
    [
        (None, []),
        ("requirements.txt", [".venv/ready", ".venv/ready-dev"]),
        ("requirements-dev.txt", [".venv/ready-dev"]),
    ],
)
def test_make_installs_again_what_has_changed(
    tmp_path: Path, changed: str | None, outdated: list[str]
) -> None:
    stamps = [".venv/ready", ".venv/ready-dev"]
    (tmp_path / ".venv").mkdir()
    shutil.copy(ROOT / "Makefile", tmp_path)
    for number, name in enumerate(["requirements.txt", "requirements-dev.txt", *stamps]):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (number, number))
    if changed:
        os.utime(tmp_path / changed, (9, 9))

    asked = {name: subprocess.run([MAKE, "-q", name], cwd=tmp_path) for name in stamps}

    assert [name for name in stamps if asked[name].returncode] == outdated


@pytest.mark.parametrize(("demo", "option"), [("DEMO=0", True), ("DEMO=1", False)])
def test_make_serve_adds_demo_data_unless_demo_is_0(demo: str, option: bool) -> None:
    shown = subprocess.run([MAKE, "-n", "serve", demo], cwd=ROOT, capture_output=True, text=True)

    assert ("--no-demo" in shown.stdout) is option
