"""`python -m runner`: starts servers and runs commands on them; the Makefile calls it."""

from __future__ import annotations

import os
import signal
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from runner.backend import Backend
from runner.backends import backend
from runner.copy import copy
from runner.errors import CannotRun, ServerUnavailable
from runner.kept import DATA
from runner.manage import manage_in_terminal
from runner.options import backend_option, copy_options, manage_options, serve_options, test_options
from runner.program import run
from runner.serve import serve
from runner.suite import test, test_in_docker
from runner.terminal import in_terminal
from settings import NAMES
from settings.invocation import invocation


def main() -> int:
    """Run the command; raise CannotRun for an error that the user can correct."""
    options, unknown = _parser().parse_known_args()
    if unknown and options.run is not _test:
        raise CannotRun(f"Unknown argument: {' '.join(unknown)}. See `{invocation('--help')}`.")
    options.pytest = unknown
    return int(options.run(options) or 0)


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog=invocation(), description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, run: Callable[[Namespace], int | None], text: str) -> ArgumentParser:
        command = commands.add_parser(name, help=text, description=text)
        command.set_defaults(run=run)
        return command

    add("list", _list, "list the backends, and the server that each would start")
    serve_options(add("serve", _serve, "start a database server and the API, with demo data"))
    manage_options(add("manage", _manage, "run a manage.py command on the data of `serve`"))
    test_options(add("test", _test, "run the suite, or `test tools`; takes pytest's options"))
    copy_options(add("copy", _copy, "copy all of the bank's data into another, empty backend"))
    backend_option(add("up", _up, "start a new server, print its URL, wait for Ctrl-C"))
    backend_option(
        add("shell", _shell, "start a shell in which manage.py and pytest use a new server")
    )
    return parser


def _list(options: Namespace) -> None:
    for each in map(backend, NAMES):
        print(f"{each.name:14} {_source(each)}")


def _source(one: Backend) -> str:
    if one.given_url:
        return f"the server at {one.url_variable}"
    try:
        return one.provider().what
    except ServerUnavailable as error:
        return f"no server is available; to get one: {error.command}"


def _serve(options: Namespace) -> None:
    one = backend(options.backend)
    with _until_ctrl_c():
        serve(
            one,
            host=options.host,
            port=options.port,
            data=_directory(options, one),
            demo=options.demo,
        )


def _manage(options: Namespace) -> int:
    one = backend(options.backend)
    return manage_in_terminal(one, _directory(options, one), options.words)


def _directory(options: Namespace, one: Backend) -> Path:
    return (options.data or DATA / one.name).absolute()


def _test(options: Namespace) -> int:
    try:
        if options.docker:
            return test_in_docker(options.backend, options.pytest, options.report)
        return test(options.backend, options.pytest)
    except ServerUnavailable as error:
        print(error, file=sys.stderr)
        return os.EX_UNAVAILABLE  # by which the matrix knows that the row was not run


def _copy(options: Namespace) -> None:
    source, target = backend(options.source), backend(options.target)
    copy(source, target, options.data.absolute(), discard=options.discard)


def _shell(options: Namespace) -> int:
    one = backend(options.backend)
    with one.server() as url:
        return in_terminal([os.environ.get("SHELL", "/bin/sh")], one.environment(url))


def _up(options: Namespace) -> None:
    one = backend(options.backend)
    with _until_ctrl_c(), one.server() as url:
        print(f"{one.url_variable}={url}", flush=True)
        signal.pause()


@contextmanager
def _until_ctrl_c() -> Iterator[None]:
    """Run the block until Ctrl-C or SIGTERM; being stopped that way is a success."""
    try:
        yield
    except KeyboardInterrupt:
        print("\nstopped")


if __name__ == "__main__":
    run(main)
