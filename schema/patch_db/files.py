"""The files in the directory of patches: which of them are patches, and which are hooks."""

from __future__ import annotations

import os
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from .errors import NoDirectory, NoPatchOfHook, NotFile, UnsafeName, WrongSuffix

SQL = ".sql"
HOOK = re.compile(r"(?P<stem>.+)\.(?P<time>pre|post)\.\w+", re.DOTALL)
# What somebody may have meant to be one.
SIMILAR = re.compile(r"(.*/)?[^/]+\.(sql\s*|(pre|post)[^/]*)", re.DOTALL | re.IGNORECASE)

Hooks = Mapping[tuple[str, str], list[Path]]
"""By the name of the patch, and "pre" or "post"."""


def read_directory(directory: Path) -> tuple[dict[str, Path], Hooks]:
    """Return the patches by their names, and the hooks, both in the order of their names' code
    points, on every machine.

    Files and directories whose names begin with a dot are neither. Raise NoDirectory, UnsafeName
    or an OSError, or, for what would silently be no patch or hook, NotFile, WrongSuffix or
    NoPatchOfHook.
    """
    if not directory.is_dir():
        raise NoDirectory(directory)
    files = _files(directory)
    patches = {name: path for name, path in files.items() if _is_patch(name)}
    hooks = defaultdict(list)
    for name, path in files.items():
        if match := HOOK.fullmatch(name):
            hooks[match["stem"] + SQL, match["time"]].append(path)
    _check(files, patches, hooks)
    return patches, hooks


def _files(directory: Path) -> dict[str, Path]:
    found = {}
    for parent, directories, names in os.walk(directory, onerror=_fail):
        directories[:] = [name for name in directories if not name.startswith(".")]
        for path in (Path(parent, name) for name in (*directories, *names)):
            if path.is_symlink() and not path.is_file() or not path.exists():
                raise NotFile(path)
            if path.is_file() and not path.name.startswith("."):
                found[path.relative_to(directory).as_posix()] = path
    return {name: found[name] for name in sorted(found)}


def _fail(error: OSError) -> None:
    """Raise the error of a directory that cannot be read; os.walk would leave it out."""
    raise error


def _is_patch(name: str) -> bool:
    return name.endswith(SQL) and not HOOK.fullmatch(name)


def _check(files: Iterable[str], patches: Mapping[str, Path], hooks: Hooks) -> None:
    for name in files:
        if SIMILAR.fullmatch(name) and not (_is_patch(name) or HOOK.fullmatch(name)):
            raise WrongSuffix(ascii(name))
    for patch, time in hooks:
        if patch not in patches:
            raise NoPatchOfHook(hooks[patch, time][0])
    for name in patches:
        # Cs are the bytes that are not UTF-8.
        if any(unicodedata.category(character) in ("Cc", "Cs") for character in name):
            raise UnsafeName(ascii(name))
