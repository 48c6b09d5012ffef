"""Empties collections of which nearly all are empty, what every test on MongoDB ends with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def empty(database: Any, collections: Sequence[str]) -> None:
    """Delete all documents of these: one aggregation finds where there are any."""
    first, *others = collections
    unions = [{"$unionWith": {"coll": other, "pipeline": _name(other)}} for other in others]
    for found in list(database[first].aggregate([*_name(first), *unions])):
        database[found["collection"]].delete_many({})


def _name(collection: str) -> list[dict[str, Any]]:
    """The stages that leave one document, with the collection's name, if there is any."""
    return [{"$limit": 1}, {"$project": {"_id": 0, "collection": {"$literal": collection}}}]
