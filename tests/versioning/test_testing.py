"""The helper for tests on branches."""

from __future__ import annotations

import pytest

from bank.models import Customer
from versioning.errors import NameTaken
from versioning.models import Branch
from versioning.testing import temporary_branch


def test_what_is_written_on_a_temporary_branch_is_deleted_with_it() -> None:
    Customer.objects.create(name="Ann")

    with temporary_branch("trial") as branch:
        Customer.objects.create(name="Bob")
        there = set(Customer.objects.values_list("name", flat=True))
        active = Branch.active_branch()

    assert (there, active) == ({"Ann", "Bob"}, branch)
    assert [customer.name for customer in Customer.objects.all()] == ["Ann"]
    assert list(map(str, Branch.objects.all())) == ["main"]


def test_it_is_deleted_after_an_error_too_and_may_begin_in_the_past() -> None:
    first = Branch.objects.get(name="main").hash
    Customer.objects.create(name="Ann")

    with pytest.raises(ZeroDivisionError), temporary_branch(start=first):
        assert not Customer.objects.exists()
        raise ZeroDivisionError

    assert list(map(str, Branch.objects.all())) == ["main"]
    assert Customer.objects.exists()


def test_a_branch_that_exists_is_not_used_or_deleted(other: Branch) -> None:
    with pytest.raises(NameTaken), temporary_branch("other"):
        pass

    assert {str(branch) for branch in Branch.objects.all()} == {"main", "other"}
