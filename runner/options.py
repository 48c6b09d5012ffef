"""The options of `python -m runner`'s commands."""

from __future__ import annotations

import argparse
from argparse import ArgumentParser
from pathlib import Path

from runner.kept import DATA
from settings import chosen


def backend_option(command: ArgumentParser) -> None:
    command.add_argument(
        "backend", nargs="?", default=chosen(), help="default: $BACKEND or postgresql"
    )


def serve_options(command: ArgumentParser) -> None:
    backend_option(command)
    command.add_argument(
        "--host",
        default="127.0.0.1",
        help="address to listen on; one that other machines can reach is a deployment",
    )
    command.add_argument("--port", type=_port, default=8000, help="1 to 65535")
    command.add_argument("--data", type=_data, help="data directory (default: .data/BACKEND)")
    command.add_argument(
        "--no-demo",
        dest="demo",
        action="store_false",
        help="add no demo data; a deployment never adds any",
    )


def _port(word: str) -> int:
    if not (word.isascii() and word.isdecimal()) or not 1 <= int(word) <= 65535:
        raise argparse.ArgumentTypeError(f"{word!r} is not a port: give PORT=1 to 65535")
    return int(word)


def _data(word: str) -> Path:
    if not word:  # it would be the current directory
        raise argparse.ArgumentTypeError("it is empty: give a directory")
    return Path(word)


def test_options(command: ArgumentParser) -> None:
    backend_option(command)
    command.add_argument(
        "--docker", action="store_true", help="in containers, of compose/BACKEND.yaml"
    )
    command.add_argument(
        "--report", type=_data, help="with --docker: a directory that is /report in the container"
    )


def manage_options(command: ArgumentParser) -> None:
    command.add_argument(
        "--data", type=_data, help="data directory of `serve` (default: .data/BACKEND)"
    )
    command.add_argument("backend")
    command.add_argument(
        "words", nargs=argparse.REMAINDER, metavar="COMMAND ...", help="e.g. createsuperuser"
    )


def copy_options(command: ArgumentParser) -> None:
    command.add_argument("source")
    command.add_argument("target")
    command.add_argument("--data", type=_data, default=DATA, help="default: .data")
    command.add_argument(
        "--discard",
        action="store_true",
        help="delete the data at TARGET_URL if an earlier copy into it was not finished",
    )
