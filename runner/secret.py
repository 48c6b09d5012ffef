"""Secrets that are generated once and kept beside the data that they give access to."""

from __future__ import annotations

import secrets
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

from runner.errors import CannotRun


def kept_secret(file: Path, *, size: int = 16) -> str:
    """Return the text of this file; if there is none, generate `size` random bytes as text.

    Only the file's owner can read it. A new file is created atomically: two programs that create it
    at the same time return the same secret. An empty file is replaced. Raises CannotRun for a file
    with anything but printable text.
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
