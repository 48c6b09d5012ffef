"""What the documentation shows is what you get: its console blocks are run, line by line."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving import ROOT, Server

BLOCK = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^\$ ((?:.*\\\n)*.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)
RUN_BY_CI = {"make serve", "make test", "make bench"}


def commands(document: str) -> Iterator[tuple[str, str]]:
    """Each command of a document with the output that it shows."""
    for block in BLOCK.findall((ROOT / document).read_text()):
        yield from COMMAND.findall(block)


def output_of(command: str, server: Server) -> str:
    """Run it on this machine: our port, our Python, the database of our server."""
    here = command.replace(":8000", f":{server.port}").replace(".venv/bin/python", sys.executable)
    here = re.sub(r"^curl ", "curl --silent --show-error ", here)
    environment = {k: v for k, v in os.environ.items() if k != "POSTGRESQL_URL"}
    if "manage.py" in command:
        environment["POSTGRESQL_URL"] = server.database_url()
    result = subprocess.run(  # noqa: S602 - the commands are those of our own documentation
        here, shell=True, cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert (result.returncode, result.stderr) == (0, "")
    return result.stdout.replace("\r\n", "\n")


@pytest.mark.parametrize("document", ["README.md", "docs/application.md"])
def test_the_commands_of_a_document_print_what_it_shows(document: str, tmp_path: Path) -> None:
    server = Server(tmp_path)
    server.start()
    try:
        for command, expected in commands(document):
            if command in RUN_BY_CI or command.startswith("export "):
                continue
            printed = output_of(command, server)
            assert printed.rstrip("\n") == expected.rstrip("\n"), command
    finally:
        server.stop()


def test_what_make_serve_prints_is_what_the_readme_shows(tmp_path: Path) -> None:
    server = Server(tmp_path)
    server.start()
    server.stop()

    shown = dict(commands("README.md"))["make serve"]
    printed = server.output.read_text()

    for line in shown.splitlines():
        if "installing" not in line and "starting" not in line and "URL" not in line:
            assert line.replace("8000", str(server.port)) in printed


def test_every_link_within_the_documentation_leads_somewhere() -> None:
    for document in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", document.read_text()):
            assert (document.parent / target).exists(), f"{document.name}: {target}"


def test_every_test_that_the_documentation_names_exists() -> None:
    tests = "".join(file.read_text() for file in (ROOT / "tests").rglob("*.py"))
    for document in (ROOT / "docs").glob("*.md"):
        for name in re.findall(r"`(test_\w+)`", document.read_text()):
            assert f"def {name}(" in tests, f"{document.name}: {name}"
