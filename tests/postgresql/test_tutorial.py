"""Parts 1 and 2 of the tutorial, typed by a reader."""

from __future__ import annotations

from pathlib import Path

from tests.readers.newcomer import PART_1, Newcomer
from tests.readers.operator import follow
from tests.serving import Server


def test_a_reader_of_part_1_sees_what_it_shows(tmp_path: Path) -> None:
    with Newcomer(tmp_path, "PostgreSQL") as reader:
        for chapter in PART_1:
            reader.follow(chapter)


def test_a_reader_of_part_2_sees_what_it_shows(server: Server) -> None:
    server.start()

    for chapter in ("2-1-isolation", "2-2-kill-9"):
        follow(f"docs/tutorial/{chapter}.md", server)
