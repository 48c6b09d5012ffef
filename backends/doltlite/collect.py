"""Collects the garbage of old transactions in DoltLite files, while others use them.

A transaction writes new pages and leaves the old ones in the file: an order leaves 30 to 50 KB.
Dolt's server collects this garbage automatically, DoltLite only on request:
https://docs.dolthub.com/sql-reference/server/garbage-collection
"""

from __future__ import annotations

import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path

LEAST = 64 * 2**20  # bytes; for less it is not worth letting writers wait
PAUSE = 2  # seconds


def collect(file: Path) -> None:
    """Collect the garbage; raise OperationalError if other writers left no gap for 60 seconds."""
    with closing(sqlite3.connect(file, timeout=60)) as connection:
        connection.execute("SELECT dolt_gc()")


def collect_for_ever(*files: Path) -> None:
    """Collect in each file whenever it has doubled; print an error, and try again."""
    kept = dict.fromkeys(files, 0)
    while True:
        for file in files:
            if file.exists() and file.stat().st_size > 2 * kept[file] + LEAST:
                try:
                    collect(file)
                    kept[file] = file.stat().st_size
                except sqlite3.OperationalError as error:
                    print(error, flush=True)
        time.sleep(PAUSE)


if __name__ == "__main__":
    collect_for_ever(*map(Path, sys.argv[1:]))
