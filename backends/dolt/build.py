"""Builds the Dolt server with Go; `python -m backends.dolt` does only that.

go.mod and go.sum beside this file pin its version and those of all dependencies. `go install`
cannot install a release, because its tags do not match its Go module:
https://github.com/dolthub/dolt
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from runner.errors import CannotRun, ServerUnavailable

PACKAGE = Path(__file__).resolve().parent
GO_PACKAGE = "github.com/dolthub/dolt/go/cmd/dolt"
VERSION = "1.83.2"  # of the commit in go.mod
FETCHES_NEWER = (1, 21)  # since then Go downloads the Go of go.mod: go.dev/doc/toolchain


def missing() -> str | None:
    """Return a command that installs the missing build tools, or None if it is or can be built."""
    if cached().exists() or (_go() >= FETCHES_NEWER and _has_icu()):
        return None
    return "apt install golang-go g++ libicu-dev"


def program() -> Path:
    """Return the path of the program; it is built once per user.

    Two processes may build it concurrently: each renames its own finished file into place. Raises
    ServerUnavailable without the build tools, and CannotRun if the build fails.
    """
    program = cached()
    if program.exists():
        return program
    if command := missing():
        needed = "A tool for building Dolt (Go 1.21 or later, C++ compiler, ICU)"
        raise ServerUnavailable(needed, command)
    print(f"building Dolt {VERSION} with Go (once, about 4 minutes)", flush=True)
    program.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=program.parent) as directory:
        built = Path(directory) / "dolt"
        environment = os.environ | {"CGO_ENABLED": "1", "GOTOOLCHAIN": "auto"}
        build = ["go", "build", "-o", str(built), GO_PACKAGE]
        if subprocess.run(build, cwd=PACKAGE, env=environment).returncode:
            raise CannotRun("Dolt could not be built; the output of Go is above.")
        built.rename(program)
    return program


def cached() -> Path:
    """Return the path of the built program, which differs for each version and go.sum."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    pinned = hashlib.sha256((PACKAGE / "go.sum").read_bytes()).hexdigest()[:12]
    return cache / "bank" / "dolt" / f"{VERSION}-{pinned}" / "dolt"


def _go() -> tuple[int, ...]:
    """Return the version of Go on PATH, or (0,) without Go."""
    go = shutil.which("go")
    if go is None:
        return (0,)
    said = subprocess.run([go, "env", "GOVERSION"], cwd="/", capture_output=True, text=True)
    return tuple(int(number) for number in re.findall(r"\d+", said.stdout)) or (0,)


def _has_icu() -> bool:
    """Return whether there is a C++ compiler, and the ICU library that Dolt uses for REGEXP."""
    compiler = shutil.which("g++")
    if compiler is None:
        return False
    source = b"#include <unicode/uregex.h>\n"
    looked = subprocess.run([compiler, "-E", "-xc++", "-"], input=source, capture_output=True)
    return looked.returncode == 0
