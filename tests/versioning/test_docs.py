"""The commands of the chapters print the output that they show."""

from __future__ import annotations

import pytest

from tests.readers.operator import follow
from tests.serving import Server


@pytest.mark.parametrize("document", ["version-control", "dolthub-article"])
def test_the_steps_of_a_chapter_print_the_output_that_it_shows(
    document: str, server: Server
) -> None:
    server.start()

    follow(f"docs/{document}.md", server)
