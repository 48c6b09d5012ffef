"""Gives back, while others work, what old transactions have left in a file of DoltLite's.

A transaction writes its pages anew and leaves the old ones where they are: an order leaves 30 to
50 KB. Dolt's server clears that away by itself, DoltLite only when it is told:
https://docs.dolthub.com/sql-reference/server/garbage-collection
"""

from __future__ import annotations

import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path

LEAST = 64 * 2**20  # bytes that are worth the short wait of those who write meanwhile
PAUSE = 2  # seconds


def collect(file: Path) -> None:
    """Clear away; raises OperationalError if others wrote so much that there was no gap."""
    with closing(sqlite3.connect(file, timeout=60)) as connection:
        connection.execute("SELECT dolt_gc()")


def collect_for_ever(file: Path) -> None:
    """Collect whenever the file has doubled; what could not be done is said and tried again."""
    kept = 0
    while True:
        if file.exists() and file.stat().st_size > 2 * kept + LEAST:
            try:
                collect(file)
                kept = file.stat().st_size
            except sqlite3.OperationalError as error:
                print(error, flush=True)
        time.sleep(PAUSE)


if __name__ == "__main__":
    collect_for_ever(Path(sys.argv[1]))
