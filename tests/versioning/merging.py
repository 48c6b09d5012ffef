"""`python -m tests.versioning.merging BRANCH …` writes on branches and merges them, until killed.

A thread per branch adds customers, and merges each branch into main. What is acknowledged is
printed: `committed BRANCH HASH`, or `merged BRANCH HASH`.
"""

from __future__ import annotations

import itertools
import os
import sys
from contextlib import suppress
from threading import Thread

import django


def work(branch: str) -> None:
    """Commit a customer with each turn, and merge with each third."""
    from django.db import Error, close_old_connections

    from bank.errors import TransactionError
    from versioning.errors import VersionError

    for turn in itertools.count():
        close_old_connections()
        with suppress(Error, TransactionError, VersionError):  # the server has gone
            say("committed", branch, commit(f"{branch} {os.getpid()}-{turn}", branch))
            if turn % 3 == 0 and branch != "main":
                say("merged", branch, merge(branch))


def commit(name: str, branch: str) -> str:
    """Create this customer on the branch; return the commit."""
    from bank.models import Customer
    from versioning.signatures import signed

    with signed(name, "Ann <ann@example.com>", branch=branch) as connection:
        Customer.objects.create(name=name)
        return str(connection.made_commit)


def merge(branch: str) -> str:
    """Merge the branch into main; return the commit."""
    from versioning.merge.merging import merge
    from versioning.signatures import Signature

    return str(merge(branch, "main", Signature(f"Merged {branch}", "Ann <ann@example.com>")).hash)


def say(*words: str) -> None:
    os.write(1, (" ".join(words) + "\n").encode())  # at once: no part of a line is lost


if __name__ == "__main__":
    django.setup()
    for branch in sys.argv[1:]:
        Thread(target=work, args=[branch]).start()
