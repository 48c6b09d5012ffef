"""The options of `python -m runner`'s commands."""

from __future__ import annotations

import argparse
from argparse import ArgumentParser
from pathlib import Path

from runner.kept import DATA
from settings import chosen


def backend_option(command: ArgumentParser) -> None:
    command.add_argument("backend", nargs="?", default=chosen(), help="BACKEND's, if none")


def serve_options(command: ArgumentParser) -> None:
    backend_option(command)
    command.add_argument(
        "--host",
        default="127.0.0.1",
        help="address to listen on; one that others can reach is a deployment",
    )
    command.add_argument("--port", type=_port, default=8000, help="1 to 65535")
    command.add_argument("--data", type=Path, help="where everything is kept (.data/BACKEND)")
    command.add_argument(
        "--no-demo",
        dest="demo",
        action="store_false",
        help="no demo data; a deployment has none anyway",
    )


def _port(word: str) -> int:
    if not word.isdecimal() or not 1 <= int(word) <= 65535:
        raise argparse.ArgumentTypeError(f"{word!r} is not a port: give PORT=1 to 65535")
    return int(word)


def manage_options(command: ArgumentParser) -> None:
    command.add_argument("--data", type=Path, help="as given to `serve` (.data/BACKEND)")
    command.add_argument("backend")
    command.add_argument(
        "words", nargs=argparse.REMAINDER, metavar="COMMAND ...", help="e.g. createsuperuser"
    )


def copy_options(command: ArgumentParser) -> None:
    command.add_argument("source")
    command.add_argument("target")
    command.add_argument("--data", type=Path, default=DATA, help="with a directory each")
    command.add_argument(
        "--discard",
        action="store_true",
        help="delete all that is in a target at TARGET_URL into which a copy was not finished",
    )
