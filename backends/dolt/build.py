"""Builds the Dolt server with Go; `python -m backends.dolt` does only that.

go.mod and go.sum beside this file pin it and everything that it is made of. There is no `go
install` of a Dolt release: its tags do not name its Go module, https://github.com/dolthub/dolt.
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
VERSION = "1.83.2"  # what the commit in go.mod calls itself
FETCHES_NEWER = (1, 21)  # from here on Go fetches the Go that go.mod wants: go.dev/doc/toolchain


def missing() -> str | None:
    """None where it can be built, or is; else the command that brings what is not here."""
    if cached().exists() or (_go() >= FETCHES_NEWER and _has_icu()):
        return None
    return "apt install golang-go g++ libicu-dev"


def program() -> Path:
    """The built program; made once per user. Raises ServerUnavailable or CannotRun.

    Two that build at once do no harm: each renames its own finished file into place.
    """
    program = cached()
    if program.exists():
        return program
    if command := missing():
        raise ServerUnavailable("What builds Dolt (Go 1.21 or later, a C++ compiler, ICU)", command)
    print(f"building Dolt {VERSION} with Go (once, about 4 minutes)", flush=True)
    program.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=program.parent) as directory:
        built = Path(directory) / "dolt"
        environment = os.environ | {"CGO_ENABLED": "1", "GOTOOLCHAIN": "auto"}
        build = ["go", "build", "-o", str(built), GO_PACKAGE]
        if subprocess.run(build, cwd=PACKAGE, env=environment).returncode:
            raise CannotRun("Dolt could not be built; what Go said is above.")
        built.rename(program)
    return program


def cached() -> Path:
    """Where the built program is, or will be: one for each version and go.sum."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    pinned = hashlib.sha256((PACKAGE / "go.sum").read_bytes()).hexdigest()[:12]
    return cache / "bank" / "dolt" / f"{VERSION}-{pinned}" / "dolt"


def _go() -> tuple[int, ...]:
    """The version of Go on PATH, (0,) without one."""
    go = shutil.which("go")
    if go is None:
        return (0,)
    said = subprocess.run([go, "env", "GOVERSION"], cwd="/", capture_output=True, text=True)
    return tuple(int(number) for number in re.findall(r"\d+", said.stdout)) or (0,)


def _has_icu() -> bool:
    """Whether a C++ compiler is here, and the ICU library that Dolt's REGEXP is made with."""
    compiler = shutil.which("g++")
    if compiler is None:
        return False
    source = b"#include <unicode/uregex.h>\n"
    looked = subprocess.run([compiler, "-E", "-xc++", "-"], input=source, capture_output=True)
    return looked.returncode == 0
