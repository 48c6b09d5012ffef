"""`manage.py dolt`."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from bank.models import Customer
from versioning.models import Branch, Commit

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
    assert merged[0].split(" ", 2)[2] == "Both"
    assert sorted(Customer.objects.values_list("name", flat=True)) == ["Ann", "Carl"]
    assert [line.split(": ")[1] for line in dolt("log", "-n", "1")] == ["Both"]


def test_branches_are_listed_renamed_and_deleted(main: Branch) -> None:
    dolt("branch", "season", main.hash)
    dolt("branch", "season", "--rename", "winter")
    listed = dolt("branch")
    dolt("branch", "winter", "--delete")

    assert listed == ["* main", "  winter"]
    assert dolt("branch") == ["* main"]


def test_tags_are_created_and_listed() -> None:
    dolt("tag", "v1", "-m", "First")

    assert dolt("tag") == [f"v1 {Commit.latest().pk[:8]}"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["commit", "-m", "x"], "Nothing has changed"),
        (["--on", "nowhere", "status"], "no such branch"),
        (["branch", "a b"], "A name of a branch"),
        (["branch", "main"], "has this name already"),
        (["branch", "main", "--delete"], "is used by a session"),
        (["merge", "nowhere"], "no such branch"),
    ],
)
def test_what_is_not_possible_is_said_in_a_sentence(arguments: list[str], message: str) -> None:
    with pytest.raises(CommandError, match=message):
        dolt(*arguments)
