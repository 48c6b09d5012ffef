"""What every test can ask for, and which tests there are on the backend under test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client, modify_settings
from pytest_django import Settings
from pytest_django.plugin import blocking_manager_key
from whitenoise.middleware import WhiteNoiseMiddleware

from bank.engine import Engine
from bank.transactions.retry import queues
from runner.suite import TOOLS
from settings import NAMES
from tests.admin_pages import log_in
from tests.api import Api
from tests.differences import expected
from tests.serving import Server

# What is true of one backend only is tested in the folder of its name; what needs no particular
# database is in tools, and runs once.
collect_ignore = [name for name in [*NAMES, TOOLS] if name != settings.BACKEND]
collect_ignore_glob = ["test_*.py", "orm"] if settings.BACKEND == TOOLS else []


def pytest_configure() -> None:
    """Install the test application: for pytest, which has set Django up by now, and nobody else."""
    modify_settings(INSTALLED_APPS={"append": "tests.orm"}).enable()
    find_static_files_once()


def find_static_files_once() -> None:
    """WhiteNoise looks for all of them when it starts, and that is with each client of a test."""
    find, found = WhiteNoiseMiddleware.add_files_from_finders, {}

    def find_once(middleware: WhiteNoiseMiddleware) -> None:
        if not found:
            find(middleware)
            found.update(middleware.files)
        middleware.files.update(found)

    WhiteNoiseMiddleware.add_files_from_finders = find_once


def pytest_report_header(config: pytest.Config) -> str:
    """Say what answers: the matrix shows it above its column."""
    if settings.BACKEND == TOOLS:
        return "server: none"
    with config.stash[blocking_manager_key].unblock():
        version = Engine().server_version()
    connection.close()
    return f"server: {version}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Assert every declared difference: its tests must fail, and passing is an error."""
    for item in items:
        if difference := expected(settings.BACKEND, item.nodeid):
            item.add_marker(pytest.mark.xfail(reason=difference.reason, strict=True))
            item.user_properties.append(("link", difference.link))


@pytest.fixture(autouse=True)
def empty_retry_queues() -> None:
    """A refusal in one test makes no transaction of the next one queue."""
    queues.clear()


@pytest.fixture(autouse=True)
def no_request_ends_early(settings: Settings) -> None:
    """A busy machine makes no request of a test late; tests about time set their own."""
    settings.REQUEST_DEADLINE = 60  # seconds


@pytest.fixture
def api(client: Client, db: None) -> Api:
    """The REST API on an empty bank."""
    return Api(client)


@pytest.fixture
def admin(settings: Settings, db: None) -> Client:
    """A browser that has logged in to the admin through the form, as a person does."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # a fast one
    cache.clear()  # it counts wrong passwords
    return log_in()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """`python -m runner serve`, to be started by the test."""
    server = Server(tmp_path)
    yield server
    server.stop()


@pytest.fixture(params=["customer", "product", "order"])
def kind(request: pytest.FixtureRequest) -> str:
    """Each of the three kinds of things in turn: what holds for one must hold for all."""
    return str(request.param)
