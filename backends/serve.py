"""`make serve`: a database server, its tables, demo data and the API, from nothing."""

from __future__ import annotations

import fcntl
import os
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from pathlib import Path

from backends.errors import CannotRun
from backends.processes import ROOT, running, wait_until
from backends.registry import Backend
from backends.secret import kept_secret

THREADS = 2  # per worker: one waits for the database while the other computes


def serve(backend: Backend, *, host: str, port: int, data: Path, demo: bool) -> None:
    """Serve until Ctrl-C or SIGTERM, then stop all that was started. `data` keeps everything."""
    _refuse_busy(host, port)
    print(f"{backend.name}: starting its server, data in {os.path.relpath(data)}", flush=True)
    with directory(data), backend.server(data) as url:
        environment = _environment(backend, url, host, data)
        manage(backend, environment, "migrate", "--verbosity", "0")
        print("tables are up to date", flush=True)
        url = backend.least_privilege(url)
        environment[backend.url_variable] = url
        if demo:
            manage(backend, environment, "bank_demo", "--if-empty")
        with running(_granian(backend, host, port), env=environment) as child:
            ping = f"http://{_loopback(host)}:{port}/ping/"
            wait_until(lambda: _answers(ping), child, what="The application", log=None)
            print(f"\n  {ping.removesuffix('ping/')}customer/", flush=True)
            if backend.url_variable not in os.environ:
                print(f"  {backend.url_variable}={url}")
            print("\nCtrl-C stops.", flush=True)
            child.wait()
    raise CannotRun("The application has ended by itself; what it said is above.")


def _granian(backend: Backend, host: str, port: int) -> list[str]:
    return [
        *(str(backend.python()), "-m", "granian", "--interface", "wsgi", "--no-ws"),
        *("--host", host, "--port", str(port), "--log-level", "warning"),
        *("--workers", str(os.cpu_count() or 1), "--blocking-threads", str(THREADS)),
        *("--respawn-failed-workers", "--workers-kill-timeout", "10"),
        "myproject.wsgi:application",
    ]


def _environment(backend: Backend, url: str, host: str, data: Path) -> dict[str, str]:
    environment = backend.environment(url)
    if ip_address(_address(host)).is_loopback and os.environ.get("DEPLOY") != "1":
        # Kept: sessions of the admin outlive a restart.
        environment.setdefault("SECRET_KEY", kept_secret(data / "secret_key", size=50))
    else:
        environment["DEPLOY"] = "1"
    return environment


def manage(backend: Backend, environment: dict[str, str], *arguments: str) -> None:
    """Run a command of manage.py on this backend; CannotRun if it fails."""
    command = [str(backend.python()), str(ROOT / "manage.py"), *arguments]
    if subprocess.run(command, env=environment, cwd=ROOT).returncode:
        raise CannotRun(f"`manage.py {arguments[0]}` failed; what it said is above.")


@contextmanager
def directory(data: Path) -> Iterator[None]:
    """The directory of everything that is kept, for one program at a time."""
    try:
        data.mkdir(parents=True, exist_ok=True)
        lock = open(data / "lock", "w")  # noqa: SIM115 - held until the program ends
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise CannotRun(f"Another server uses {data}: stop it, or give DATA=elsewhere.") from error
    except OSError as error:
        raise CannotRun(f"Cannot keep data in {data}: {error.strerror}. Give DATA=dir.") from error
    with lock:
        yield


def _refuse_busy(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CannotRun(f"{host}:{port}: {error.strerror}. Give PORT=another.") from error


def _address(host: str) -> str:
    return socket.gethostbyname(host) if ":" not in host else host


def _loopback(host: str) -> str:
    return "127.0.0.1" if host == "0.0.0.0" else host  # noqa: S104 - asked, not listened on


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as response:
            return bool(response.status == 200)
    except urllib.error.HTTPError:
        return True  # it is deployed under other names, and says so
    except (urllib.error.URLError, OSError):
        return False
