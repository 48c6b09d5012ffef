"""What the documentation shows is what you get: its console blocks are run, line by line."""

from __future__ import annotations

import pytest
from django.conf import settings

from tests.documents import commands, follow
from tests.serving import Server


@pytest.mark.parametrize("document", ["README.md", f"docs/{settings.BACKEND}.md"])
def test_the_commands_of_a_document_print_what_it_shows(document: str, server: Server) -> None:
    server.start()

    follow(document, server)


def test_what_make_serve_prints_is_what_the_readme_shows(server: Server) -> None:
    server.start()
    server.stop()

    shown = dict(commands("README.md"))["make serve"]
    printed = server.output.read_text()

    for line in shown.splitlines():
        if "installing" not in line and "starting" not in line and "URL" not in line:
            assert line.replace("8000", str(server.port)) in printed
