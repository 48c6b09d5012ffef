"""`python -m matrix`: the suite on all backends, or on these, and one table."""

from __future__ import annotations

import argparse
from pathlib import Path

from matrix.documents import write_documents
from matrix.published import wrong_cells
from matrix.report import read
from matrix.results import Matrix
from matrix.run import run
from runner import program
from runner.backends import backend
from runner.errors import CannotRun
from runner.processes import ROOT
from runner.suite import CONTAINERS, TOOLS
from settings import NAMES
from settings.invocation import near


def main() -> int:
    """Run the command; raise CannotRun if a name is not a backend's."""
    parser = argparse.ArgumentParser(prog="python -m matrix", description=__doc__)
    parser.add_argument(
        "rows",
        nargs="*",
        metavar="backend",
        help=f"or {TOOLS}: the tests that need no particular database; or {CONTAINERS}: of Docker",
    )
    parser.add_argument(
        "--docker", action="store_true", help="run backends in containers, of compose/BACKEND.yaml"
    )
    parser.add_argument("--require", nargs="*", default=[], help="backends that must be run")
    parser.add_argument("--output", type=Path, default=ROOT / "build", help="directory of matrix.*")
    parser.add_argument(
        "--docs",
        action="store_true",
        help="run no test; update the documentation's tables from an earlier run's matrix.json",
    )
    parser.add_argument(
        "--check-docs",
        action="store_true",
        help="run no test; fail if docs/matrix.md differs in a guarantee or feature from that run",
    )
    options = parser.parse_args()
    if options.docs:
        return _docs(options.output / "matrix.json")
    if options.check_docs:
        return _check_docs(options.output / "matrix.json")
    rows = options.rows or [*NAMES, CONTAINERS if options.docker else TOOLS]
    for name in {*rows, *options.require} - {TOOLS, CONTAINERS}:
        backend(name)
    try:
        options.output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotRun(f"Cannot write into {options.output}: {error.strerror}.") from error
    return run([*dict.fromkeys(rows)], options.require, options.output, docker=options.docker)


def _read(file: Path) -> Matrix:
    if not file.is_file():
        raise CannotRun(f"There is no {near(file)}: `make matrix` writes it.")
    try:
        return read(file)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise CannotRun(f"{near(file)} is damaged: run `make matrix` again.") from error


def _check_docs(file: Path) -> int:
    """Print each cell that is wrong in docs/matrix.md, and nothing if there is none."""
    wrong = list(wrong_cells((ROOT / "docs" / "matrix.md").read_text(), _read(file)))
    if wrong:
        print("docs/matrix.md differs from the run; `python -m matrix --docs` writes it:")
        print("\n".join(wrong))
    return 1 if wrong else 0


def _docs(file: Path) -> int:
    matrix = _read(file)
    if {result.name for result in matrix.results} not in ({*NAMES, TOOLS}, {*NAMES, CONTAINERS}):
        raise CannotRun(f"{near(file)} does not have all backends: run `make matrix` first.")
    for document in write_documents(matrix, ROOT):
        print(document)
    return 0


if __name__ == "__main__":
    program.run(main)
