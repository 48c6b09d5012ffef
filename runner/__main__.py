"""`python -m runner`: starts servers and runs things on them; the Makefile calls it."""

from __future__ import annotations

import argparse
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from runner.backend import Backend
from runner.backends import backend
from runner.copy import copy
from runner.errors import CannotRun, ServerUnavailable
from runner.processes import ROOT, foreground
from runner.program import run
from runner.serve import serve
from runner.suite import test
from settings import NAMES, chosen
from settings.invocation import invocation


def main() -> int:
    """Run the command; raise CannotRun for what the person at the terminal can mend."""
    options, rest = _parser().parse_known_args()
    if rest and options.command != "test":
        raise CannotRun(f"What is {' '.join(rest)!r}? See `{invocation('--help')}`.")
    return int(globals()[f"_{options.command}"](options, rest) or 0)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=invocation(), description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("list", help="the backends, and what each would start")
    for name, text in {
        "serve": "database server, tables, demo data and the API, until Ctrl-C",
        "test": "the suite on a server of its own, or `test tools`; further options are pytest's",
        "copy": "all of the bank's data from one backend to another, which is empty",
        "up": "start the server, print its URL, wait for Ctrl-C",
        "shell": "a shell in which manage.py and pytest reach a server of their own",
    }.items():
        command = commands.add_parser(name, help=text)
        if name == "copy":
            _copy_options(command)
        else:
            command.add_argument("backend", nargs="?", default=chosen(), help="BACKEND's, if none")
        if name == "serve":
            _serve_options(command)
    return parser


def _serve_options(command: argparse.ArgumentParser) -> None:
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


def _copy_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("source")
    command.add_argument("target")
    command.add_argument("--data", type=Path, default=ROOT / ".data", help="with a directory each")
    command.add_argument(
        "--discard",
        action="store_true",
        help="delete all that is in a target at TARGET_URL into which a copy was not finished",
    )


def _list(options: argparse.Namespace, rest: list[str]) -> None:
    for each in map(backend, NAMES):
        print(f"{each.name:12} {_source(each)}")


def _source(one: Backend) -> str:
    if one.given_url:
        return f"the server at {one.url_variable}"
    try:
        return one.provider().what
    except ServerUnavailable as error:
        return f"nothing here; this would bring it: {error.command}"


def _serve(options: argparse.Namespace, rest: list[str]) -> None:
    one = backend(options.backend)
    data = (options.data or ROOT / ".data" / one.name).absolute()
    with _until_ctrl_c():
        serve(one, host=options.host, port=options.port, data=data, demo=options.demo)


def _test(options: argparse.Namespace, rest: list[str]) -> int:
    return test(options.backend, rest)


def _copy(options: argparse.Namespace, rest: list[str]) -> None:
    source, target = backend(options.source), backend(options.target)
    copy(source, target, options.data.absolute(), discard=options.discard)


def _shell(options: argparse.Namespace, rest: list[str]) -> int:
    return _with_server(options.backend, [os.environ.get("SHELL", "/bin/sh")])


def _up(options: argparse.Namespace, rest: list[str]) -> None:
    one = backend(options.backend)
    with _until_ctrl_c(), one.server() as url:
        print(f"{one.url_variable}={url}", flush=True)
        signal.pause()


def _with_server(name: str, command: list[str]) -> int:
    one = backend(name)
    with one.server() as url:
        return foreground(command, one.environment(url))


@contextmanager
def _until_ctrl_c() -> Iterator[None]:
    """For what runs until it is told to stop: then all of it stops, and that is a success."""
    try:
        yield
    except KeyboardInterrupt:
        print("\nstopped")


if __name__ == "__main__":
    run(main)
