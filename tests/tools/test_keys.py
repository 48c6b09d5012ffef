"""The keys of exported records, by number and back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from bank.transfer.keys import Keys

HEX = ["65f0000000000000000000aa", "65f0000000000000000000ab", "65f1000000000000000000aa"]


@pytest.mark.parametrize(
    "keys",
    [[-3, 7, 8, 2**63 - 1], HEX, [UUID(int=n) for n in (1, 2, 2**127)]],
    ids=["integers", "text", "objects"],
)
def test_a_number_leads_to_its_key_and_back(keys: list[Any]) -> None:
    kept = Keys(keys[:1])
    kept.extend(keys[1:])

    assert [kept[number] for number in range(len(kept))] == keys
    assert [kept.number(key) for key in keys] == list(range(len(keys)))
    assert [kept.number(str(key)) for key in keys] == list(range(len(keys)))


@pytest.mark.parametrize("unknown", [6, 9, "x", "7 ", HEX[0], None, [7], 7.0, float("inf"), True])
def test_an_unknown_key_is_a_key_error(unknown: Any) -> None:
    with pytest.raises(KeyError):
        Keys([-3, 7, 8]).number(unknown)


def test_without_keys_every_key_is_unknown() -> None:
    with pytest.raises(KeyError):
        Keys().number(1)
