"""Secrets that are made once and kept beside the data that they open."""

from __future__ import annotations

import secrets
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile


def kept_secret(file: Path, *, size: int = 16) -> str:
    """The text in this file, which only its owner reads; random, of so many bytes, if it is new.

    A new file appears with its content, so nobody reads half of a secret, and of two programs that
    make one at the same time both return the same. An empty file is nobody's secret and made anew.
    """
    if file.exists() and not file.read_text().strip():
        file.unlink()
    if not file.exists():
        with NamedTemporaryFile("w", dir=file.parent, prefix=file.name) as new:  # mode 0600
            new.write(secrets.token_urlsafe(size))
            new.flush()
            with suppress(FileExistsError):  # another program was first
                file.hardlink_to(new.name)
    file.chmod(0o600)
    return file.read_text().strip()
