"""The commands of docs/version-control.md print the output that it shows."""

from __future__ import annotations

from tests.documents import follow
from tests.serving import Server


def test_the_steps_of_the_chapter_print_the_output_that_it_shows(server: Server) -> None:
    server.start()

    follow("docs/version-control.md", server)
