"""Remotes: a second database, made by clone, and the two exchange commits by push and pull."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from bank.models import Customer
from tests.test_backends import say
from versioning.errors import (
    InvalidAddress,
    InvalidName,
    NameTaken,
    Refused,
    RemoteMoved,
    UnknownRemote,
    UnknownRevision,
)
from versioning.models import Branch, Commit, Remote
from versioning.remotes import clone, pull
from versioning.signatures import Signature, signed

SIGNATURE = Signature("Pulled", "Ann <ann@example.com>")


@pytest.fixture
def origin(tmp_path: Path) -> Iterator[Remote]:
    """Return a remote to which main was pushed."""
    remote = Remote(name="origin", url=f"file://{tmp_path}/remote")
    remote.save()
    remote.push("main")
    yield remote
    for each in Remote.objects.all():
        each.delete()


@contextmanager
def second(origin: Remote, tmp_path: Path) -> Iterator[None]:
    """Use another database in the block, which is a clone of the remote."""
    with elsewhere(clone_name(tmp_path)):
        if not exists():
            clone(origin.url)
        yield


def clone_name(tmp_path: Path) -> str:
    return str(tmp_path / "clone.db") if connection.vendor == "sqlite" else "bank_clone"


@contextmanager
def elsewhere(name: str) -> Iterator[None]:
    """Use the database with this name in the block."""
    ours: Any = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = ours


def exists() -> bool:
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return Path(name).exists()
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT 1 FROM information_schema.schemata WHERE schema_name = %s", [name])
        return bool(cursor.fetchone())


@pytest.fixture(autouse=True)
def no_clone(main: Branch) -> Iterator[None]:
    """Delete the server's second database after the test."""
    yield
    if connection.vendor != "sqlite":
        with connection._nodb_cursor() as cursor:
            cursor.execute("DROP DATABASE IF EXISTS bank_clone")


def add(name: str, **values: Any) -> Customer:
    with signed(name, "Ann <ann@example.com>"):
        return Customer.objects.create(name=name, **values)


def names() -> list[str]:
    return sorted(Customer.objects.values_list("name", flat=True))


def test_what_is_pushed_is_cloned_and_what_is_pushed_there_is_pulled(
    origin: Remote, tmp_path: Path
) -> None:
    add("Ann")
    origin.push("main")
    with second(origin, tmp_path):
        cloned = names()
        add("Bob")
        Remote(name="origin").push("main")
        theirs = Commit.latest().pk
    origin.fetch()
    fetched = names()

    merged = pull(origin, "main", SIGNATURE)

    assert (cloned, fetched, names()) == (["Ann"], ["Ann"], ["Ann", "Bob"])
    assert (merged.hash, merged.fast_forward, Commit.latest().pk) == (theirs, True, theirs)


def test_a_clone_is_made_by_the_command_of_the_runner(origin: Remote, tmp_path: Path) -> None:
    add("Ann")
    origin.push("main")
    variable = f"{settings.BACKEND.upper()}_URL"
    server = os.environ[variable].rpartition("/")[0]
    if connection.vendor == "sqlite":
        server = "doltlite://"

    words = ("manage", settings.BACKEND, "dolt", "clone", origin.url)
    said = say(*words, **{variable: f"{server}/{clone_name(tmp_path)}"})

    assert (said.returncode, said.stderr) == (0, "")
    with elsewhere(clone_name(tmp_path)):
        assert names() == ["Ann"]


def test_after_a_pull_a_new_row_gets_a_new_key(origin: Remote, tmp_path: Path) -> None:
    with second(origin, tmp_path):
        theirs = [add(name).pk for name in ("Ann", "Bob", "Carl")]
        Remote(name="origin").push("main")

    pull(origin, "main", SIGNATURE)

    assert add("Dora").pk not in theirs
    assert names() == ["Ann", "Bob", "Carl", "Dora"]


def test_histories_that_diverged_are_merged_by_a_pull(origin: Remote, tmp_path: Path) -> None:
    with second(origin, tmp_path):
        add("Ann", pk=1000)
        Remote(name="origin").push("main")
    add("Bob")

    with pytest.raises(RemoteMoved, match="pull them first"):
        origin.push("main")
    merged = pull(origin, "main", SIGNATURE)
    origin.push("main")

    assert names() == ["Ann", "Bob"]
    assert not merged.fast_forward
    assert Commit.latest().message == "Pulled"
    with second(origin, tmp_path):
        assert pull(Remote(name="origin"), "main", SIGNATURE).hash == merged.hash


def test_two_clones_give_two_rows_the_same_key_and_the_pull_is_refused(
    origin: Remote, tmp_path: Path
) -> None:
    with second(origin, tmp_path):
        theirs = add("Ann")
        Remote(name="origin").push("main")
    ours = add("Bob", pk=theirs.pk)

    with pytest.raises(Refused) as refused:
        pull(origin, "main", SIGNATURE)

    [conflict] = refused.value.conflicts
    assert (conflict.model, conflict.pk, conflict.field) == (Customer, ours.pk, None)
    assert (conflict.base, conflict.ours["name"], conflict.theirs["name"]) == (None, "Bob", "Ann")
    assert names() == ["Bob"]


def test_remotes_are_listed_and_forgotten(origin: Remote) -> None:
    listed = list(map(str, Remote.objects.all()))
    origin.delete()

    assert listed == [f"origin {origin.url}"]
    assert not Remote.objects.exists()


def test_what_is_not_possible_with_a_remote_is_refused(origin: Remote, tmp_path: Path) -> None:
    with pytest.raises(NameTaken):
        Remote(name="origin", url=origin.url).save()
    with pytest.raises(InvalidName):
        Remote(name="--x", url=origin.url).save()
    with pytest.raises(InvalidAddress):
        Remote(name="other", url="--x").save()
    for work in (Remote(name="other").delete, Remote(name="other").fetch):
        with pytest.raises(UnknownRemote):
            work()
    with pytest.raises(UnknownRevision):
        origin.push("nowhere")
    with pytest.raises(UnknownRevision):
        pull(origin, "nowhere", SIGNATURE)
    with elsewhere(clone_name(tmp_path)), pytest.raises(UnknownRemote):
        clone(f"file://{tmp_path}/nothing")
    with pytest.raises(NameTaken):
        clone(origin.url)
