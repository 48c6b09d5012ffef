"""The patches: files in one directory and its subdirectories, and their hooks."""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from .errors import (
    NoDirectory,
    NoPatchOfHook,
    NotExecutable,
    NotFile,
    NotText,
    OwnTransaction,
    RawVariable,
    UnknownComment,
    UnsafeName,
    WrongCommand,
    WrongSuffix,
)
from .statements import ends_transaction, raw_variable, wrong_command

NO_TRANSACTION = "-- patch_db: no-transaction"
PATCH_OR_HOOK = re.compile(r".+\.(sql|(pre|post)\.\w+)")
HOOK = re.compile(r"(?P<stem>.+)\.(?P<time>pre|post)\.\w+")


@dataclass(frozen=True)
class Patch:
    """A file of SQL; its name is its path in the directory of patches, with slashes."""

    name: str
    path: Path
    pre: tuple[Path, ...] = ()
    post: tuple[Path, ...] = ()

    @cached_property
    def content(self) -> bytes:
        """What is checked, executed and recorded, even if the file is changed meanwhile."""
        return self.path.read_bytes()

    @property
    def text(self) -> str:
        """Return it without a byte order mark, which psql ignores too; raise NotText."""
        try:
            text = self.content.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise NotText(self.path) from None
        if "\0" in text:
            raise NotText(self.path)
        return text

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @property
    def first_line(self) -> str:
        return self.text.partition("\n")[0].rstrip()

    @property
    def in_transaction(self) -> bool:
        return self.first_line != NO_TRANSACTION

    def check(self) -> None:
        """Raise a PatchError if it could be applied without being recorded, or not as it is."""
        if self.in_transaction and self.first_line.startswith("-- patch_db:"):
            raise UnknownComment(self.path, self.first_line)
        if self.in_transaction and (found := ends_transaction(self.text)):
            raise OwnTransaction(self.path, *found)
        if found := wrong_command(self.text):
            raise WrongCommand(self.path, *found)
        if found := raw_variable(self.text):
            raise RawVariable(self.path, *found)
        for hook in self.pre + self.post:
            if not os.access(hook, os.X_OK):
                raise NotExecutable(hook)


def read_patches(directory: Path) -> list[Patch]:
    """Return the patches in the order of their names' code points, on every machine.

    Files and directories whose names begin with a dot are no patches. Raise NoDirectory,
    UnsafeName, or, for what would silently be no patch or hook, NotFile, WrongSuffix or
    NoPatchOfHook.
    """
    if not directory.is_dir():
        raise NoDirectory(directory)
    shown = _shown(directory)
    hooks = [match for name in shown if (match := HOOK.fullmatch(name))]
    found = [
        Patch(name, path, _hooks(name, "pre", hooks, shown), _hooks(name, "post", hooks, shown))
        for name, path in shown.items()
        if name.endswith(".sql") and not HOOK.fullmatch(name)
    ]
    _check_names(shown, found, hooks)
    return found


def _shown(directory: Path) -> dict[str, Path]:
    """Return the files by their names, in order."""
    paths = {path.relative_to(directory).as_posix(): path for path in directory.rglob("*")}
    shown = {name: paths[name] for name in sorted(paths) if not re.search(r"(^|/)\.", name)}
    for path in shown.values():
        if not path.is_file() and (path.is_symlink() or not path.is_dir()):
            raise NotFile(path)
    return {name: path for name, path in shown.items() if path.is_file()}


def _hooks(
    name: str, time: str, hooks: Iterable[re.Match[str]], files: dict[str, Path]
) -> tuple[Path, ...]:
    mine = (hook for hook in hooks if f"{hook['stem']}.sql" == name and hook["time"] == time)
    return tuple(files[hook[0]] for hook in mine)


def _check_names(
    files: Iterable[str], patches: Iterable[Patch], hooks: Iterable[re.Match[str]]
) -> None:
    names = {patch.name for patch in patches}
    for hook in hooks:
        if f"{hook['stem']}.sql" not in names:
            raise NoPatchOfHook(hook[0])
    for name in files:
        if PATCH_OR_HOOK.fullmatch(name.lower()) and not PATCH_OR_HOOK.fullmatch(name):
            raise WrongSuffix(ascii(name))
    for name in names:
        # Cs are the bytes that are not UTF-8.
        if any(unicodedata.category(character) in ("Cc", "Cs") for character in name):
            raise UnsafeName(ascii(name))
