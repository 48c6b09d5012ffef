"""The commands in the documentation print the output that it shows."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.conf import settings

from tests.documents import commands
from tests.readers.operator import KEYS, follow
from tests.serving import Server

CHAPTERS = {"mongodb": ["docs/nosql.md"]}  # besides docs/NAME.md
DOCUMENTS = [f"docs/{settings.BACKEND}.md", *CHAPTERS.get(settings.BACKEND, []), "README.md"]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Start `serve` with new data. README.md adds to it, and is therefore tested last."""
    server = Server(tmp_path_factory.mktemp("running"))
    server.start()
    yield server
    server.stop()


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_commands_of_a_document_print_the_output_that_it_shows(
    document: str, running: Server
) -> None:
    follow(document, running)


def test_the_commands_of_the_readme_assume_no_ids() -> None:
    text = "\n".join(command for command, _ in commands("README.md"))

    assert not [pattern for pattern in KEYS.values() if re.search(pattern, text)]


def test_make_serve_prints_the_output_that_the_readme_shows(running: Server) -> None:
    shown = dict(commands("README.md"))["make serve"]
    printed = running.output.read_text()

    for line in shown.splitlines():
        if not any(word in line for word in ("installing", "…", "starting", "URL", " manage ")):
            assert line.replace("8000", str(running.port)) in printed
