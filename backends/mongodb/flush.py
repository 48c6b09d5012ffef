"""Empties collections of which nearly all are empty already, as after every test on MongoDB."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def empty(database: Any, collections: Sequence[str]) -> None:
    """Delete all documents of these collections; one aggregation finds which have any."""
    first, *others = collections
    unions = [{"$unionWith": {"coll": other, "pipeline": _name(other)}} for other in others]
    for found in list(database[first].aggregate([*_name(first), *unions])):
        database[found["collection"]].delete_many({})


def _name(collection: str) -> list[dict[str, Any]]:
    """Return stages whose result is one document with the collection's name, or none if empty."""
    return [{"$limit": 1}, {"$project": {"_id": 0, "collection": {"$literal": collection}}}]
