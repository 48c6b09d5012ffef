"""`python -m backends`: what the Makefile calls."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType

from django.core.exceptions import ImproperlyConfigured

from backends.copy import copy
from backends.errors import CannotRun, NotHere
from backends.invocation import invocation
from backends.matrix import matrix
from backends.processes import ROOT, foreground
from backends.registry import BACKENDS, Backend, backend, chosen
from backends.serve import serve

STOP = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


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
        "test": "the suite on a server of its own; further options are pytest's",
        "copy": "all of the bank's data from one backend to another, which is empty",
        "matrix": "the suite on all backends, or on these, and one table",
        "up": "start the server, print its URL, wait for Ctrl-C",
        "shell": "a shell in which manage.py and pytest reach a server of their own",
    }.items():
        command = commands.add_parser(name, help=text)
        if name == "matrix":
            _matrix_options(command)
        elif name == "copy":
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


def _matrix_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("backends", nargs="*", default=[*BACKENDS], metavar="backend")
    command.add_argument("--require", nargs="*", default=[], help="failed if not reached")
    command.add_argument("--output", type=Path, default=ROOT / "build", help="for matrix.*")


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
    for each in BACKENDS.values():
        print(f"{each.name:12} {_source(each)}")


def _source(one: Backend) -> str:
    if os.environ.get(one.url_variable):
        return f"the server at {one.url_variable}"
    try:
        return one.provider().what
    except NotHere as error:
        return f"nothing here; this would bring it: {error.command}"


def _serve(options: argparse.Namespace, rest: list[str]) -> None:
    one = backend(options.backend)
    data = (options.data or ROOT / ".data" / one.name).absolute()
    with _until_ctrl_c():
        serve(one, host=options.host, port=options.port, data=data, demo=options.demo)


def _test(options: argparse.Namespace, rest: list[str]) -> int:
    # Everything temporary goes in here, also what a test leaves that kills a server with -9, and
    # pytest's own, of which it would keep the last three. A short name: sockets are in it.
    with TemporaryDirectory(prefix="b-") as directory:
        pytest = ["-m", "pytest", f"--basetemp={directory}/pytest", *rest]
        command = [str(backend(options.backend).python()), *pytest]
        return _with_server(options.backend, command, TMPDIR=directory)


def _matrix(options: argparse.Namespace, rest: list[str]) -> int:
    for name in options.require:
        backend(name)
    return matrix([backend(name) for name in options.backends], options.require, options.output)


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


def _with_server(name: str, command: list[str], **variables: str) -> int:
    one = backend(name)
    with one.server() as url:
        return foreground(command, one.environment(url) | variables)


@contextmanager
def _until_ctrl_c() -> Iterator[None]:
    """For what runs until it is told to stop: then all of it stops, and that is a success."""
    try:
        yield
    except KeyboardInterrupt:
        print("\nstopped")


def _interrupt(number: int, frame: FrameType | None) -> None:
    for each in STOP:  # a second one must not keep us from stopping what runs
        signal.signal(each, signal.SIG_IGN)
    raise KeyboardInterrupt(*([] if number == signal.SIGINT else [number]))


def script() -> None:
    """Run main() and end the process: 0 done, 1 failed, 2 misused, 130 interrupted.

    SIGTERM and SIGHUP are taken as Ctrl-C: every context manager on the way out stops what it has
    started. So does the end of a program that reads what we print.
    """
    for each in STOP:
        if each is signal.SIGHUP and signal.getsignal(each) is signal.SIG_IGN:
            continue  # nohup. A shell ignores SIGINT for what it runs in the background: we do not
        signal.signal(each, _interrupt)
    try:
        code = main()
        sys.stdout.flush()
        sys.exit(code)
    except (CannotRun, ImproperlyConfigured) as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


if __name__ == "__main__":
    script()
