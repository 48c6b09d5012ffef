"""`make serve`: starts a database server and the API, with tables and demo data."""

from __future__ import annotations

import errno
import os
import socket
import urllib.request
from ipaddress import ip_address
from pathlib import Path

from runner.backend import Backend
from runner.errors import CannotRun
from runner.kept import kept_server, published, secret_key
from runner.manage import example, manage
from runner.processes import first_to_end, running, wait_until
from settings.environment import flag, variable
from settings.invocation import near

HEADER_MS = 10_000  # for a header to arrive, and for an idle connection
CONNECTIONS = 4096  # per worker; granian's backpressure counts connections, idle ones too


def serve(backend: Backend, *, host: str, port: int, data: Path, demo: bool) -> None:
    """Serve until Ctrl-C or SIGTERM, then stop all processes. All data is kept in `data`.

    A deployment gets no demo data, also with `demo`.
    """
    host = _address(host)
    _refuse_busy(host, port)
    deployed = flag("DEPLOY") or not ip_address(host).is_loopback
    if backend.given_url:
        print(f"{backend.name}: using the server at {backend.url_variable}", flush=True)
    else:
        print(f"{backend.name}: starting its server, data in {near(data)}", flush=True)
    with kept_server(backend, data) as owner:
        environment = _environment(backend, owner, data, deployed)
        if deployed:
            manage(backend, environment, "check", "--deploy", "--fail-level", "WARNING")
        manage(backend, environment, "migrate", "--verbosity", "0")
        print("tables are up to date", flush=True)
        url = backend.least_privilege(owner)
        environment[backend.url_variable] = url
        if demo and not deployed:
            manage(backend, environment, "bank_demo", "--if-empty")
        with (
            published(backend, data, owner),
            running(_granian(backend, host, port), env=environment) as child,
        ):
            address = f"http://{_url_host(host)}:{port}"
            wait_until(
                lambda: _answers(f"{address}/ping/"), child, what="The application", log=None
            )
            print((_for_the_proxy if deployed else _pages)(backend, data, address))
            if not backend.given_url:
                print(f"  {backend.url_variable}={url}")
            print("\nCtrl-C stops.", flush=True)
            ended = first_to_end()
    if ended is not child:
        raise CannotRun(f"The database server has ended: start again. Its log is in {data}.")
    raise CannotRun("The application has ended by itself; its output is above.")


def _pages(backend: Backend, data: Path, address: str) -> str:
    return f"""
  {address}/           the pages: start here
  {address}/customer/  the API
  {address}/docs       its documentation
  {address}/admin/     the admin; this command creates a user:
    {example(backend, data, "createsuperuser")}
"""


def _for_the_proxy(backend: Backend, data: Path, address: str) -> str:
    return f"""
  {address} is for the proxy, which sends a host of ALLOWED_HOSTS, and X-Forwarded-Proto: https
  The API and its documentation need a token of API_TOKENS, the pages a login of the admin;
  in a shell without DEPLOY this command creates a user:
    {example(backend, data, "createsuperuser")}
"""


def _granian(backend: Backend, host: str, port: int) -> list[str]:
    return [
        *(str(backend.python()), "-m", "granian", "--interface", "rsgi", "--no-ws"),
        *("--host", host, "--port", str(port), "--log-level", "warning"),
        *("--workers", str(os.cpu_count() or 1), "--http", "1"),
        *("--backlog", str(CONNECTIONS), "--backpressure", str(CONNECTIONS)),
        *("--http1-header-read-timeout", str(HEADER_MS)),
        *("--respawn-failed-workers", "--workers-kill-timeout", "10"),
        "myproject.rsgi:application",
    ]


def _environment(backend: Backend, url: str, data: Path, deployed: bool) -> dict[str, str]:
    environment = backend.environment(url) | {"DEPLOY": "1" if deployed else "0"}
    if not deployed and not variable("SECRET_KEY"):
        environment["SECRET_KEY"] = secret_key(data)
    return environment


def _refuse_busy(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            give = "HOST" if error.errno == errno.EADDRNOTAVAIL else "PORT"
            raise CannotRun(f"{host}:{port}: {error.strerror}. Give {give}=another.") from error


def _address(host: str) -> str:
    """Return an IP address of the host, preferably IPv4; raise CannotRun if there is none."""
    try:
        found = socket.getaddrinfo(host or "?", None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise CannotRun(
            f"No address is known for the host {host!r}: give its IP address."
        ) from error
    return str(min(found, key=lambda each: each[0] != socket.AF_INET)[4][0])


def _url_host(address: str) -> str:
    """Return the host of the URL at which this machine reaches a server with this address."""
    if ip_address(address).is_unspecified:
        return "[::1]" if ":" in address else "127.0.0.1"
    return f"[{address}]" if ":" in address else address


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as response:
            return bool(response.status == 200)
    except OSError:  # urllib's own errors are among them
        return False
