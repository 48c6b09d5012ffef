"""Fixtures of all tests, and which tests run on the backend under test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client, client, modify_settings
from pytest_django import Settings
from pytest_django.plugin import blocking_manager_key
from whitenoise.middleware import WhiteNoiseMiddleware

from bank.engine import Engine
from bank.transactions.retry import queues
from myproject.stacks import Stacks
from runner.suite import CONTAINERS, TOOLS
from settings import NAMES
from tests.admin_pages import log_in
from tests.api import Api
from tests.differences import expected
from tests.guarantees.expected import declared
from tests.serving import Server

# The tests of one backend are in the directory of its name. Tests that need no particular database
# are in tools and containers, and run once.
ONCE = (TOOLS, CONTAINERS)
collect_ignore = [name for name in [*NAMES, *ONCE] if name != settings.BACKEND]
IN_A_BROWSER = ("postgresql", "doltlite", "dolt")  # pages of one kind, and of version control
if settings.BACKEND not in IN_A_BROWSER:
    collect_ignore.append("browser")
if "versioning" not in settings.INSTALLED_APPS:
    collect_ignore += ["versioning", "browser/test_versions.py"]
collect_ignore_glob = (
    ["test_*.py", "orm", "guarantees", "pages"] if settings.BACKEND in ONCE else []
)


def pytest_configure() -> None:
    """Install the test application, which only pytest loads, and the stacks of middleware.

    Django is set up by now. The application is the first, so that its `flush` is the one that runs.
    """
    modify_settings(INSTALLED_APPS={"prepend": "tests.orm"}).enable()
    client.ClientHandler = type("ClientHandler", (Stacks, client.ClientHandler), {})
    find_static_files_once()


def find_static_files_once() -> None:
    """Let WhiteNoise search the static files once, instead of for each test's client."""
    find, found = WhiteNoiseMiddleware.add_files_from_finders, {}

    def find_once(middleware: WhiteNoiseMiddleware) -> None:
        if not found:
            find(middleware)
            found.update(middleware.files)
        middleware.files.update(found)

    WhiteNoiseMiddleware.add_files_from_finders = find_once


def pytest_report_header(config: pytest.Config) -> str:
    """Return the version of the server, which the matrix shows."""
    if settings.BACKEND in ONCE:
        return "server: none"
    with config.stash[blocking_manager_key].unblock():
        version = Engine().server_version()
    connection.close()
    return f"server: {version}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of declared differences as strict expected failures: passing is an error."""
    for item in items:
        _use_all_databases(item)
        if mark := item.get_closest_marker("feature"):
            item.user_properties.append(("feature", list(mark.args)))
            if "observe" in getattr(item, "fixturenames", ()):
                cell = declared(*mark.args, settings.BACKEND)
                item.user_properties += [("reason", cell.reason), ("link", cell.link)]
        if difference := expected(settings.BACKEND, item.nodeid):
            item.add_marker(pytest.mark.xfail(reason=difference.reason, strict=True))
            item.user_properties.append(("link", difference.link))


def _use_all_databases(item: pytest.Item) -> None:
    """Let a test that uses the database use all of settings.DATABASES: users may be in another."""
    mark = item.get_closest_marker("django_db")
    if mark or {"db", "transactional_db"}.intersection(getattr(item, "fixturenames", ())):
        options = {**(mark.kwargs if mark else {}), "databases": "__all__"}
        item.add_marker(pytest.mark.django_db(**options), append=False)


@pytest.fixture(autouse=True)
def empty_retry_queues() -> None:
    """Empty the queues, so that a refusal in one test makes no transaction of the next one wait."""
    queues.clear()


@pytest.fixture(autouse=True)
def no_request_ends_early(settings: Settings) -> None:
    """Set a deadline that a busy machine does not exceed; tests of deadlines set their own."""
    settings.REQUEST_DEADLINE = 60  # seconds


@pytest.fixture(autouse=True)
def passwords_are_hashed_quickly(settings: Settings) -> None:
    """Use a fast hash in tests: Django's own takes 0.3 s for each login, on purpose."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def observe(
    request: pytest.FixtureRequest, record_property: Callable[[str, object], None]
) -> Callable[[str], None]:
    """Return a function that records what the database did; it must be what is declared.

    The declarations are in tests/guarantees/expected.py, of the row that the mark `feature` names.
    """
    mark = request.node.get_closest_marker("feature")

    def compare(observed: str) -> None:
        record_property("observed", observed)
        assert observed == declared(*mark.args, settings.BACKEND).observed

    return compare


@pytest.fixture
def api(client: Client, db: None) -> Api:
    """Return a client of the REST API; the bank is empty."""
    return Api(client)


@pytest.fixture
def admin(db: None) -> Client:
    """Return a client that has logged in to the admin through the form."""
    cache.clear()  # it has the counts of wrong passwords
    return log_in()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """Return `python -m runner serve`, not started; stop it after the test."""
    server = Server(tmp_path)
    yield server
    server.stop()


@pytest.fixture(params=["customer", "product", "order"])
def kind(request: pytest.FixtureRequest) -> str:
    """Return each kind of object in turn."""
    return str(request.param)
