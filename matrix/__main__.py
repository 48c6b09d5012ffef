"""`python -m matrix`: the suite on all backends, or on these, and one table."""

from __future__ import annotations

import argparse
from pathlib import Path

from matrix.run import matrix
from runner.backends import backend
from runner.processes import ROOT
from runner.program import run
from settings import NAMES


def main() -> int:
    """Run the command; raise CannotRun for a name that is no backend's."""
    parser = argparse.ArgumentParser(prog="python -m matrix", description=__doc__)
    parser.add_argument("backends", nargs="*", default=NAMES, metavar="backend")
    parser.add_argument("--require", nargs="*", default=[], help="failed if not reached")
    parser.add_argument("--output", type=Path, default=ROOT / "build", help="for matrix.*")
    options = parser.parse_args()
    for name in options.require:
        backend(name)
    return matrix([backend(name) for name in options.backends], options.require, options.output)


if __name__ == "__main__":
    run(main)
