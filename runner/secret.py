"""Secrets that are made once and kept beside the data that they open."""

from __future__ import annotations

import secrets
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

from runner.errors import CannotRun


def kept_secret(file: Path, *, size: int = 16) -> str:
    """The text in this file, which only its owner reads; random, of so many bytes, if it is new.

    A new file appears with its content, so nobody reads half of a secret, and of two programs that
    make one at the same time both return the same. An empty file is nobody's secret and made anew.
    Raises CannotRun for a file with anything but text in it.
    """
    if file.exists() and not _text(file):
        file.unlink()
    if not file.exists():
        with NamedTemporaryFile("w", dir=file.parent, prefix=file.name) as new:  # mode 0600
            new.write(secrets.token_urlsafe(size))
            new.flush()
            with suppress(FileExistsError):  # another program was first
                file.hardlink_to(new.name)
    file.chmod(0o600)
    return _text(file)


def _text(file: Path) -> str:
    text = file.read_bytes().decode(errors="replace").strip()
    if not text.isprintable() or "\N{REPLACEMENT CHARACTER}" in text:
        raise CannotRun(f"{file} is damaged: restore it from a backup, or delete it.")
    return text
