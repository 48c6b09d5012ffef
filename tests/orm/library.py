"""Helpers of the checks: create books, and list their names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tests.orm.models import Author, Book


def book(name: str = "Dune", author: Author | None = None, **values: Any) -> Book:
    """Create a book, with a new author if none is given."""
    return Book.objects.create(
        name=name, author=author or Author.objects.create(name="Herbert"), **values
    )


def books(*names: str, **values: Any) -> list[Book]:
    """Create books with these names, all by one new author."""
    author = Author.objects.create(name="Herbert")
    return [book(name, author, **values) for name in names]


def names(found: Iterable[Any]) -> list[str]:
    """Return the names of these objects, in their order."""
    return [each.name for each in found]
