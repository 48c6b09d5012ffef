"""Commits and tags."""

from __future__ import annotations

import pytest

from bank.models import Customer
from versioning.errors import (
    InvalidName,
    NameTaken,
    NoMessage,
    NothingToCommit,
    TwinBranches,
    UnknownRevision,
)
from versioning.models import Branch, Commit, Status, Tag
from versioning.procedures import call

pytestmark = pytest.mark.usefixtures("by_hand")


def test_a_commit_has_everything_that_changed_and_its_author() -> None:
    Customer.objects.bulk_create([Customer(name="Ann"), Customer(name="Bob")])
    changed = list(map(str, Status.objects.all()))

    commit = Commit(message="It's Ann; -- and Bob", committer="Ann", email="ann@example.com")
    commit.save()

    assert "customers: modified" in changed
    assert not Status.objects.exists()
    found = Commit.latest()
    assert (found, str(found)) == (commit, "It's Ann; -- and Bob")
    assert (found.committer, found.email) == ("Ann", "ann@example.com")
    assert found.commit_hash == Branch.active_branch().hash


def test_without_changes_nothing_is_committed(main: Branch) -> None:
    with pytest.raises(NothingToCommit):
        Commit(message="Nothing").save()

    assert Branch.active_branch().hash == main.hash


def test_commits_are_found_by_queries() -> None:
    for name in ("Ann", "Bob"):
        Customer.objects.create(name=name)
        Commit(message=f"Added {name}").save()

    assert Commit.objects.filter(message__startswith="Added").count() == 2


def test_a_commit_without_a_message_is_refused() -> None:
    Customer.objects.create(name="Ann")

    with pytest.raises(NoMessage):
        Commit(message=" ").save()

    assert Status.objects.exists()


def test_a_tag_names_the_latest_commit_or_another(main: Branch) -> None:
    Customer.objects.create(name="Ann")
    Commit(message="Ann").save()

    Tag(tag_name="v2", message="With Ann").save()
    Tag(tag_name="v1", tag_hash=main.hash).save()

    assert dict(Tag.objects.values_list("tag_name", "tag_hash")) == {
        "v1": main.hash,
        "v2": Branch.active_branch().hash,
    }
    assert Tag.objects.get(tag_name="v2").message == "With Ann"


def test_a_tag_with_a_wrong_name_or_revision_is_refused() -> None:
    Tag(tag_name="v1").save()

    with pytest.raises(NameTaken):
        Tag(tag_name="v1").save()
    with pytest.raises(InvalidName):
        Tag(tag_name="-d").save()
    with pytest.raises(UnknownRevision):
        Tag(tag_name="v2", tag_hash="0" * 32).save()

    assert list(map(str, Tag.objects.all())) == ["v1"]


def test_no_tag_has_the_name_of_a_branch_and_no_branch_that_of_a_tag(other: Branch) -> None:
    Tag(tag_name="v1").save()

    for name in ("other", "Other", "main", "V1"):
        with pytest.raises(NameTaken):
            Tag(tag_name=name).save()
    for name in ("v1", "V1"):
        with pytest.raises(NameTaken):
            Branch(name=name).save()
        with pytest.raises(NameTaken):
            other.rename(name)

    assert list(map(str, Tag.objects.all())) == ["v1"]
    assert list(map(str, Branch.objects.order_by("name"))) == ["main", "other"]


def test_a_branch_with_a_tag_of_its_name_is_refused(other: Branch) -> None:
    call("tag", "other")  # as another program can

    with pytest.raises(TwinBranches, match="the branch other, the tag other"):
        other.checkout()

    assert Branch.active_branch() == Branch(name="main")


def test_a_deleted_tag_leaves_its_commit(main: Branch) -> None:
    tag = Tag(tag_name="v1")
    tag.save()

    tag.delete()

    assert not Tag.objects.exists()
    assert Commit.objects.filter(pk=main.hash).exists()
