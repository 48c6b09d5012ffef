"""The keys of exported or imported records, by number and back, in little memory."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable
from typing import Any

from bank.models import Key


class Keys:
    """The keys of the records of one kind: a million need 8 MB if they are integers.

    Other types, such as MongoDB's, need ten times as much.
    """

    def __init__(self, keys: Iterable[Key] = ()) -> None:
        self._keys: Any = array("q")
        self.extend(keys)

    def extend(self, keys: Iterable[Key]) -> None:
        """Add the keys of the next records."""
        new = list(keys)
        if not (len(self._keys) or all(isinstance(key, int) for key in new)):
            self._keys = []
        self._keys.extend(new)

    def __len__(self) -> int:
        return len(self._keys)

    def __getitem__(self, number: int) -> Key:
        """Return the key of the record with this number, from 0 on; raise IndexError."""
        return self._keys[number]

    def number(self, key: Any) -> int:
        """Return the number of a key, which may be given as text, if all were added in order.

        Raises KeyError.
        """
        try:
            wanted = int(key) if isinstance(self._keys, array) else str(key)
        except (ValueError, TypeError, OverflowError) as error:
            raise KeyError(key) from error
        number = bisect_left(self._keys, wanted, key=type(wanted))
        if number == len(self._keys) or str(self._keys[number]) != str(key):
            raise KeyError(key)
        return number
