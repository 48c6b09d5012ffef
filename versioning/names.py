"""The names of branches and tags, and other words for revisions."""

from __future__ import annotations

import re

from versioning.errors import InvalidName, UnknownRevision

LONGEST = 100
# A subset of what Dolt and Git accept (https://git-scm.com/docs/git-check-ref-format): no name can
# be taken for an option, for a range of commits (a..b), or for one relative to another (a~2).
PART = r"[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?"
NAME = re.compile(rf"{PART}(?:/{PART})*")
COMMIT = re.compile(r"[0-9a-v]{32}|[0-9a-f]{40}")  # Dolt's and DoltLite's hashes


def checked(name: str) -> str:
    """Return the name of a new branch or tag; raise InvalidName.

    A name that could be a commit's hash, and Dolt's words HEAD, WORKING and STAGED, are no names.
    """
    locked = any(part.endswith(".lock") for part in name.split("/"))
    taken = COMMIT.fullmatch(name) or name.upper() in ("HEAD", "WORKING", "STAGED")
    valid = len(name) <= LONGEST and NAME.fullmatch(name) and ".." not in name
    if not valid or locked or taken:
        raise InvalidName(repr(name[:LONGEST]))
    return name


def revision(text: str) -> str:
    """Return this text, by which a branch, tag or commit is looked for.

    Raises UnknownRevision if Dolt would take it for an option, or for a name of its own.
    """
    if not text or text.startswith(("-", "refs/")) or "\0" in text:
        raise UnknownRevision(repr(text))
    return text
