"""`manage.py dolt`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from bank.models import Customer
from versioning.models import Branch, Commit
from versioning.signatures import signed

pytestmark = pytest.mark.usefixtures("by_hand")


def dolt(*arguments: str) -> list[str]:
    """Return the lines that the command prints."""
    printed = StringIO()
    call_command("dolt", *arguments, stdout=printed)
    return printed.getvalue().splitlines()


def test_two_branches_are_changed_and_merged() -> None:
    dolt("branch", "season")
    season = Branch.objects.get(name="season")
    season.checkout()
    Customer.objects.create(name="Ann")
    Branch.objects.get(name="main").checkout()
    on_season = dolt("--on", "season", "status")
    committed = dolt("--on", "season", "commit", "-m", "Ann", "--author", "Bob <bob@example.com>")
    Branch.objects.get(name="main").checkout()
    Customer.objects.create(name="Carl")
    dolt("commit", "-m", "Carl")

    merged = dolt("merge", "season", "-m", "Both")

    assert "customers: modified" in on_season
    assert committed[0].endswith("Bob: Ann")
    assert merged == [Commit.latest().pk]
    assert sorted(Customer.objects.values_list("name", flat=True)) == ["Ann", "Carl"]
    assert [line.split(": ")[1] for line in dolt("log", "-n", "1")] == ["Both"]


def test_branches_are_listed_renamed_and_deleted(main: Branch) -> None:
    dolt("branch", "season", main.hash)
    dolt("branch", "season", "--rename", "winter")
    listed = dolt("branch")
    dolt("branch", "winter", "--delete")

    assert listed == ["* main", "  winter"]
    assert dolt("branch") == ["* main"]


def test_an_unknown_start_of_a_branch_is_refused() -> None:
    with pytest.raises(CommandError, match="no such branch, tag or commit"):
        dolt("branch", "season", "nowhere")

    assert dolt("branch") == ["* main"]


@pytest.mark.parametrize("count", ["-5", "0", "9" * 23, "9" * 5000, "ten"])
def test_a_number_of_commits_is_at_least_one(count: str) -> None:
    with pytest.raises(CommandError, match="from 1 to 2147483647"):
        dolt("log", f"-n={count}")


def test_tags_are_created_and_listed() -> None:
    dolt("tag", "v1", "-m", "First")

    assert dolt("tag") == [f"v1 {Commit.latest().pk[:8]}"]


def on_branch(branch: str, work: Callable[[], Any]) -> Any:
    with signed(branch, "Ann <ann@example.com>", branch=branch):
        return work()


def test_a_diff_lists_fields_or_prints_sql(other: Branch) -> None:
    ann = on_branch("other", lambda: Customer.objects.create(name="Ann"))

    listed = dolt("diff", "main", "other")
    sql = dolt("diff", "main", "other", "--sql")

    assert listed == [f"added customer {ann.pk}", "  name: None → Ann"]
    assert len(sql) == 1
    assert sql[0].startswith("INSERT INTO") and "Ann" in sql[0]


def test_conflicts_are_listed_and_a_dry_run_changes_nothing(main: Branch) -> None:
    ann = on_branch("main", lambda: Customer.objects.create(name="Ann"))
    for name in ("one", "two"):
        dolt("branch", name)
        rename = Customer.objects.filter(pk=ann.pk).update
        on_branch(name, partial(rename, name=name))

    can = dolt("merge", "one", "--into", "main", "--dry-run")
    unchanged = Customer.objects.get().name
    done = dolt("merge", "one")

    assert (can, unchanged) == (["It can be merged. (fast-forward)"], "Ann")
    assert done[0].endswith(" (fast-forward)")
    with pytest.raises(CommandError, match=f"customer {ann.pk} name: Ann → one or two"):
        dolt("merge", "two")


def test_a_commit_is_reverted(main: Branch) -> None:
    on_branch("main", lambda: Customer.objects.create(name="Ann"))

    reverted = dolt("revert", Commit.latest().pk)

    assert not Customer.objects.exists()
    assert (reverted, Commit.latest().message) == ([Commit.latest().pk], 'Revert "main"')


def test_a_remote_is_added_pushed_to_pulled_from_and_removed(tmp_path: Path) -> None:
    address = f"file://{tmp_path}/remote"

    dolt("remote", "origin", address)
    listed = dolt("remote")
    dolt("push")
    dolt("fetch", "origin")
    pulled = dolt("pull")
    dolt("remote", "origin", "--remove")

    assert listed == [f"origin {address}"]
    assert pulled == [Commit.latest().pk]
    assert dolt("remote") == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["commit", "-m", "x"], "Nothing has changed"),
        (["--on", "nowhere", "status"], "no such branch"),
        (["branch", "a b"], "A name of a branch"),
        (["branch", "main"], "This name is taken already"),
        (["branch", "main", "--delete"], "is used by a session"),
        (["merge", "nowhere"], "no such branch"),
        (["diff", "nowhere"], "no such branch"),
        (["revert", "nowhere"], "no such branch"),
        (["push"], "no such remote"),
        (["pull", "nowhere"], "no such remote"),
        (["remote", "origin", "nowhere"], "is a URL"),
        (["clone", "nowhere"], "is a URL"),
    ],
)
def test_what_is_not_possible_is_said_in_a_sentence(arguments: list[str], message: str) -> None:
    with pytest.raises(CommandError, match=message):
        dolt(*arguments)
