"""Short forms of what most checks begin and end with."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tests.orm.models import Author, Book


def book(name: str = "Dune", author: Author | None = None, **values: Any) -> Book:
    """A new book, of a new author if none is given."""
    return Book.objects.create(
        name=name, author=author or Author.objects.create(name="Herbert"), **values
    )


def books(*names: str, **values: Any) -> list[Book]:
    """New books of one author."""
    author = Author.objects.create(name="Herbert")
    return [book(name, author, **values) for name in names]


def named(found: Iterable[Any]) -> list[str]:
    """The names, in the order found."""
    return [each.name for each in found]
