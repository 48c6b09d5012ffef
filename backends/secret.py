"""Secrets that are made once and kept beside the data that they open."""

from __future__ import annotations

import secrets
from pathlib import Path


def kept_secret(file: Path, *, size: int = 16) -> str:
    """The text in this file, which only its owner reads; random, of so many bytes, if it is new."""
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(size))
    return file.read_text()
