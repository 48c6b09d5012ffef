"""`python -m benchmarks.profile [WORK]`: show in which package the time of a request is spent.

The application is called in this process, without a web server, on the benchmark's data. Times are
those of the clock: waiting for PostgreSQL counts as psycopg's.
"""

from __future__ import annotations

import argparse
import cProfile
import io
import os
import pstats
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import cycle, islice
from typing import Any
from urllib.parse import urlsplit

from benchmarks.database import ROOT, seeded_database
from benchmarks.server import postgresql
from benchmarks.works import WORKS, Request
from runner.backends import backend

# A function belongs to the first of these that its path begins with; its path in the project, or in
# site-packages.
PACKAGES = ("psycopg", "django/db", "django", "ninja", "pydantic", "bank", "myproject", "backends")
CALLS = 2000
Application = Callable[[dict[str, Any], Callable[..., Any]], Any]


def profile(application: Application, requests: Sequence[Request]) -> Counter[str]:
    """Return the seconds per package of CALLS calls after a warm-up."""
    profiler = cProfile.Profile()
    for request in islice(cycle(requests), 200):
        call(application, request)
    for request in islice(cycle(requests), CALLS):
        profiler.runcall(call, application, request)
    seconds: Counter[str] = Counter()
    for (file, _, function), row in pstats.Stats(profiler).stats.items():  # type: ignore[attr-defined]
        seconds[package(file, function)] += row[2]
    return seconds


def package(file: str, function: str) -> str:
    """Return the package of a function; C functions of psycopg and waiting count as psycopg."""
    path = file.rpartition("/site-packages/")[2].removeprefix(f"{ROOT}/")
    found = (name for name in PACKAGES if path.startswith((f"{name}/", f"{name}_")))
    return next(found, "psycopg" if "psycopg" in function else "Python itself")


def call(application: Application, request: Request) -> None:
    url, body = urlsplit(request.path), request.body.encode()
    environ = {
        "REQUEST_METHOD": request.method,
        "PATH_INFO": url.path,
        "QUERY_STRING": url.query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        "wsgi.url_scheme": "http",
    }
    response = application(environ, lambda status, headers: None)
    b"".join(response)
    response.close()


def main(work: str) -> None:
    with postgresql() as (server, _), seeded_database(server, 10_000) as database:
        os.environ |= backend("postgresql").environment(database.url)
        from myproject.wsgi import application  # imported here: it reads the environment

        seconds = profile(application, WORKS[work].requests(10_000))
    for name, spent in seconds.most_common():
        print(f"{name:14} {spent / CALLS * 1e6:6.0f} µs {spent / seconds.total():6.0%}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.profile", description=__doc__)
    parser.add_argument("work", nargs="?", default="GET one", choices=WORKS)
    main(parser.parse_args().work)
