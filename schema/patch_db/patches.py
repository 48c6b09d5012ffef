"""The patches: their texts, which are checked before anything is applied, and their hooks."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from .errors import NotExecutable, NotText, UnknownComment
from .files import read_directory
from .statements import Check

NO_TRANSACTION = "-- patch_db: no-transaction"


@dataclass(frozen=True)
class Patch:
    """A file of SQL; its name is its path in the directory of patches, with slashes."""

    name: str
    path: Path
    content: bytes
    """What is checked, executed and recorded, even if the file is changed meanwhile."""
    pre: tuple[Path, ...] = ()
    post: tuple[Path, ...] = ()

    @cached_property
    def text(self) -> str:
        """Return it without a byte order mark, which psql ignores too; raise NotText."""
        try:
            text = self.content.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise NotText(self.path) from None
        if "\0" in text:
            raise NotText(self.path)
        return text

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @property
    def first_line(self) -> str:
        line = re.match(r".*", self.text)
        return line[0].rstrip() if line else ""

    @property
    def in_transaction(self) -> bool:
        return self.first_line != NO_TRANSACTION

    def check(self) -> None:
        """Raise a PatchError if it could be applied without being recorded, or not as it is."""
        if self.in_transaction and self.first_line.startswith("-- patch_db:"):
            raise UnknownComment(self.path, self.first_line)
        Check(self.path, self.text, in_transaction=self.in_transaction).run()
        for hook in self.pre + self.post:
            if not os.access(hook, os.X_OK):
                raise NotExecutable(hook)


def read_patches(directory: Path) -> list[Patch]:
    """Return the patches in their order; raise what read_directory raises, or an OSError."""
    patches, hooks = read_directory(directory)
    return [
        Patch(
            name,
            path,
            path.read_bytes(),
            pre=tuple(hooks.get((name, "pre"), ())),
            post=tuple(hooks.get((name, "post"), ())),
        )
        for name, path in patches.items()
    ]
