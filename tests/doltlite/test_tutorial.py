"""Part 1 of the tutorial, typed from an empty directory."""

from __future__ import annotations

from pathlib import Path

from tests.readers.newcomer import PART_1, Newcomer


def test_a_reader_of_part_1_sees_what_it_shows(tmp_path: Path) -> None:
    with Newcomer(tmp_path, "DoltLite") as reader:
        for chapter in PART_1:
            reader.follow(chapter)
