"""Counts the statements of a request in PostgreSQL's log.

The log has a line for each message that executes a statement, BEGIN and COMMIT included:
https://www.postgresql.org/docs/18/runtime-config-logging.html#GUC-LOG-STATEMENT
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterable
from pathlib import Path
from statistics import median

from benchmarks.errors import DifferentAnswers
from benchmarks.running import Server
from benchmarks.works import Request

STATEMENT = re.compile(r"LOG:  (?:statement|execute )")


def statements_per_request(log: Path, server: Server, requests: Iterable[Request]) -> int:
    """Return the median number of statements per request, within Database.logged_statements().

    Send no other requests at the same time: their statements would be counted too.
    """
    counts = []
    with log.open(errors="replace") as lines:
        for request in requests:
            lines.seek(0, os.SEEK_END)
            status, _ = server.ask(request)
            if status != 200:
                raise DifferentAnswers(f"{server.name} answers {request} with {status}.")
            time.sleep(0.005)  # some peers reset their connection after the response
            counts.append(len(STATEMENT.findall(lines.read())))
    # The median, because the first request of a thread also opens a connection.
    return int(median(counts))
