"""The commands of docs/application.md, which shows the application on PostgreSQL."""

from __future__ import annotations

from tests.readers.operator import follow
from tests.serving import Server


def test_the_commands_of_the_application_chapter_print_the_output_that_it_shows(
    server: Server,
) -> None:
    server.start()

    follow("docs/application.md", server)
