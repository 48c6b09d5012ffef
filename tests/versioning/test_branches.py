"""Branches: create, list, check out, rename and delete them."""

from __future__ import annotations

from functools import partial

import pytest
from django.db import connection, transaction

from bank.models import Customer
from tests.threads import at_once
from versioning.errors import (
    BranchInUse,
    InTransaction,
    InvalidName,
    MergeConflict,
    NameTaken,
    NotMerged,
    UnknownRevision,
)
from versioning.models import Branch, Commit, Status, Tag

pytestmark = pytest.mark.usefixtures("by_hand")


def names() -> list[str]:
    return sorted(Branch.objects.values_list("name", flat=True))


def add(branch: Branch, name: str) -> None:
    """Create this customer on the branch, and commit that."""
    branch.checkout()
    Customer.objects.create(name=name)
    Commit(message=name).save()


def change(branch: Branch, name: str, new: str) -> None:
    """Rename this customer on the branch, and commit that."""
    branch.checkout()
    Customer.objects.filter(name=name).update(name=new)
    Commit(message=f"{name} is now {new}").save()


def test_a_new_branch_begins_at_the_active_ones_latest_commit(main: Branch) -> None:
    branch = Branch(name="season/2027")
    branch.save()

    assert names() == ["main", "season/2027"]
    assert branch.hash == main.hash
    assert branch.latest_commit_date == main.latest_commit_date
    assert Branch.active_branch() == main


def test_a_new_branch_may_begin_at_an_older_commit(main: Branch) -> None:
    Customer.objects.create(name="Ann")
    Commit(message="Ann").save()

    Branch(name="before", hash=main.hash).save()

    Branch.objects.get(name="before").checkout()
    assert not Customer.objects.exists()


def test_rows_are_written_only_on_the_branch_that_is_checked_out(
    main: Branch, other: Branch
) -> None:
    add(other, "Ann")

    assert Branch.active_branch() == other
    main.checkout()
    assert not Customer.objects.exists()
    other.checkout()
    assert Customer.objects.get().name == "Ann"


def test_a_new_connection_of_the_thread_is_on_its_branch_again(other: Branch) -> None:
    other.checkout()

    connection.close()

    assert Branch.active_branch() == other


def test_another_thread_is_on_the_main_branch(main: Branch, other: Branch) -> None:
    other.checkout()

    assert at_once(lambda _: Branch.active_branch(), [0], threads=1) == [main]


def test_a_branch_can_be_renamed(other: Branch) -> None:
    other.rename("another")

    assert names() == ["another", "main"]
    assert str(other) == "another"


@pytest.mark.usefixtures("other")
def test_a_name_that_is_taken_is_refused() -> None:
    third = Branch(name="third")
    third.save()

    with pytest.raises(NameTaken):
        Branch(name="other").save()
    with pytest.raises(NameTaken):
        third.rename("other")

    assert names() == ["main", "other", "third"]


def test_an_unknown_revision_is_refused() -> None:
    with pytest.raises(UnknownRevision):
        Branch(name="other", hash="0" * 32).save()
    with pytest.raises(UnknownRevision):
        Branch(name="nowhere").checkout()
    with pytest.raises(UnknownRevision):
        Branch(name="nowhere").delete()
    with pytest.raises(UnknownRevision):
        Branch(name="nowhere").merge()

    assert names() == ["main"]


@pytest.mark.parametrize("option", ["--abort", "-d", "--force", ""])
def test_an_option_is_not_taken_for_a_branch(option: str, main: Branch) -> None:
    wrong = Branch(name=option)
    for work in (wrong.checkout, wrong.merge, wrong.delete, partial(wrong.rename, "x")):
        with pytest.raises(UnknownRevision):
            work()
    if option:
        with pytest.raises(UnknownRevision):
            Branch(name="new", hash=option).save()

    assert (names(), Branch.active_branch()) == (["main"], main)


def test_a_tables_name_is_not_a_branch_and_its_uncommitted_rows_stay(main: Branch) -> None:
    Customer.objects.create(name="Ann")

    with pytest.raises(UnknownRevision):
        Branch(name="customers").checkout()

    assert Customer.objects.get().name == "Ann"
    assert Branch.active_branch() == main


def test_a_branch_with_commits_of_its_own_is_deleted_only_by_force(
    main: Branch, other: Branch
) -> None:
    add(other, "Ann")
    main.checkout()

    with pytest.raises(NotMerged):
        other.delete()
    assert names() == ["main", "other"]
    other.delete(force=True)

    assert names() == ["main"]


def test_a_merged_branch_can_be_deleted(other: Branch) -> None:
    assert other.delete() == (1, {"versioning.Branch": 1})

    assert names() == ["main"]


def test_the_active_branch_cannot_be_deleted(main: Branch) -> None:
    with pytest.raises(BranchInUse):
        main.delete(force=True)


def test_a_merge_of_two_changes_of_one_value_is_refused_and_changes_nothing(
    main: Branch, other: Branch
) -> None:
    Customer.objects.create(name="Ann")
    Commit(message="Ann").save()
    Branch(name="third").save()
    third = Branch.objects.get(name="third")
    change(third, "Ann", "Anna")
    change(main, "Ann", "Anne")
    before = Commit.latest()

    with pytest.raises(MergeConflict):
        third.merge()

    assert Customer.objects.get().name == "Anne"
    assert Commit.latest() == before
    assert not Status.objects.exists()
    Customer.objects.create(name="Bob")  # the connection can be used
    Commit(message="Bob").save()


def test_a_merge_returns_its_commit_with_the_message(main: Branch, other: Branch) -> None:
    add(other, "Ann")
    add(main, "Bob")

    commit = other.merge("All customers")

    assert (commit.message, commit) == ("All customers", Commit.latest())
    assert sorted(Customer.objects.values_list("name", flat=True)) == ["Ann", "Bob"]


@pytest.mark.parametrize("work", ["save", "delete", "merge", "commit"])
def test_what_would_commit_the_transaction_is_refused_inside_atomic(
    work: str, other: Branch
) -> None:
    works = {
        "save": Branch(name="new").save,
        "delete": other.delete,
        "merge": other.merge,
        "commit": Commit(message="x").save,
    }
    with pytest.raises(InTransaction, match="atomic"), transaction.atomic():
        Customer.objects.create(name="Ann")
        works[work]()

    assert not Customer.objects.exists()
    assert names() == ["main", "other"]


@pytest.mark.parametrize(
    "name",
    [
        "", " ", "a b", "-d", "--force", "a..b", "a~1", "a^", "a:b", ".a", "a.", "a/", "/a", "a//b",
        "a/.b", "x.lock", "x.lock/y", "HEAD", "head", "WORKING", "staged", "ä", "a'b", 'a"b',
        "a\nb", "a;b", "a`b", "a@{b", "a\\b", "%s", "0" * 32, "a" * 40, "n" * 101, "x\0",
        "refs/x", "refs/heads/x", "Refs/tags/x",
    ],
)  # fmt: skip
def test_a_hostile_name_is_refused_before_the_database_sees_it(
    name: str, other: Branch, django_assert_num_queries: object
) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        with pytest.raises(InvalidName):
            Branch(name=name).save()
        with pytest.raises(InvalidName):
            other.rename(name)


@pytest.mark.parametrize("name", ["a", "9", "a.b", "a-b_c/D.e-f", "n" * 100, "x.locked"])
def test_other_names_are_accepted(name: str) -> None:
    Branch(name=name).save()

    assert names() == sorted(["main", name])


def test_a_branch_in_use_that_another_thread_deletes_is_unknown_at_its_next_use(
    other: Branch,
) -> None:
    add(other, "Ann")
    at_once(lambda _: other.delete(force=True), [0], threads=1)

    with pytest.raises(UnknownRevision):
        other.checkout()

    connection.use("main")
    assert not Customer.objects.exists()


def test_a_tag_inside_atomic_is_refused_and_commits_nothing(main: Branch) -> None:
    with pytest.raises(InTransaction, match="atomic"), transaction.atomic():
        Customer.objects.create(name="Ann")
        Tag(tag_name="v1").save()

    assert not Customer.objects.exists()
    assert not Tag.objects.exists()
