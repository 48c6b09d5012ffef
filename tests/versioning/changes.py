"""Customers on a branch, for tests."""

from __future__ import annotations

from bank.models import Customer
from versioning.models import Branch
from versioning.signatures import signed


def commit_to(branch: str, name: str) -> str:
    """Create this customer on the branch; return the commit's hash."""
    with signed(name, "Ann <ann@example.com>", branch=branch) as used:
        Customer.objects.create(name=name)
        return str(used.made_commit)


def names(branch: str = "main") -> list[str]:
    with signed("", "", branch=branch):
        return sorted(Customer.objects.values_list("name", flat=True))


def rename(branch: str, name: str) -> None:
    """Give all customers on the branch this name."""
    with signed(name, "Ann <ann@example.com>", branch=branch):
        Customer.objects.update(name=name)


def conflicting_branches() -> None:
    """Let the new branch `third` and main rename the customer Carl: to Karl, and to Charles."""
    commit_to("main", "Carl")
    Branch(name="third", hash="main").save()
    rename("third", "Karl")
    rename("main", "Charles")
