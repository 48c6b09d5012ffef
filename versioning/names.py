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
RELATIVE = re.compile(r"[^~^]*(?:[~^][0-9]{0,5})*")
FARTHEST = 10_000  # commits before another one: Dolt keeps each step in memory, before it looks


def checked(name: str) -> str:
    """Return the name of a new branch or tag; raise InvalidName.

    A name that could be a commit's hash, Dolt's words HEAD, WORKING and STAGED, and what begins
    with refs/, Dolt's own names of branches and tags, are no names.
    """
    locked = any(part.endswith(".lock") for part in name.split("/"))
    taken = COMMIT.fullmatch(name) or name.upper() in ("HEAD", "WORKING", "STAGED")
    valid = len(name) <= LONGEST and NAME.fullmatch(name) and ".." not in name
    if not valid or locked or taken or _internal(name):
        raise InvalidName(repr(name[:LONGEST]))
    return name


def revision(text: str) -> str:
    """Return this text, by which a branch, tag or commit is looked for.

    Raises UnknownRevision if Dolt would take it for an option, or for a name of its own, or if it
    is more than FARTHEST commits before another one (main~3).
    """
    if not text or text.startswith("-") or _internal(text) or "\0" in text:
        raise UnknownRevision(repr(text))
    if _too_far(text):
        raise UnknownRevision(f"(or it is more than {FARTHEST} commits before another)")
    return text


def _internal(name: str) -> bool:
    return name.lower().startswith("refs/")


def _too_far(text: str) -> bool:
    if not RELATIVE.fullmatch(text):
        return True
    return sum(int(steps or 1) for steps in re.findall(r"[~^]([0-9]*)", text)) > FARTHEST
