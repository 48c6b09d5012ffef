"""Two branches change the stock, the price or the name of one product, in all combinations."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product as combinations
from typing import Any

from tests.api import Api
from tests.serving import ROOT
from tests.versioning.shop import branch, everything, merge, product, put, sell

NAME = "test_nine_combinations.py"
DOCUMENT = ROOT / "docs" / "version-control-reference.md"
BEGIN, END = (
    "<!-- made by tests/versioning/test_nine_combinations.py -->\n",
    "\n<!-- end of the table -->",
)
HEADER = ["`main`", "`season`", "merge", "conflict", "answer to `sum`", "result"]
Change = Callable[[Api, Any, str], Any]
CHANGES: dict[str, dict[str, Change]] = {
    "main": {
        "sells 3": lambda api, pen, on: sell(api, pen, 3, on=on),
        "price 1.10": lambda api, pen, on: put(api, pen, on=on, price="1.10"),
        "name Biro": lambda api, pen, on: put(api, pen, on=on, name="Biro"),
    },
    "season": {
        "sells 2": lambda api, pen, on: sell(api, pen, 2, on=on),
        "price 1.20": lambda api, pen, on: put(api, pen, on=on, price="1.20"),
        "name Quill": lambda api, pen, on: put(api, pen, on=on, name="Quill"),
    },
}


def test_the_table_in_the_documentation_says_what_merges_and_what_conflicts(api: Api) -> None:
    api.customer()

    made = "\n".join(_piped(rows(api)))

    before, _, rest = DOCUMENT.read_text().partition(BEGIN)
    shown, _, after = rest.partition(END)
    assert before and after
    assert made == shown.strip("\n"), f"{DOCUMENT.name} should have:\n\n{made}"


def rows(api: Api) -> Iterator[list[str]]:
    """Merge each combination on a product of its own; yield the rows of the table."""
    yield HEADER
    for number, (ours, theirs) in enumerate(combinations(*map(list, CHANGES.values()))):
        pen, season = api.product("Pen", "1.00", stock=10), f"season-{number}"
        branch(season)
        CHANGES["season"][theirs](api, pen, season)
        CHANGES["main"][ours](api, pen, "main")
        first = merge(api, season)
        yield [ours, theirs, *answers(api, pen, season, first), result(api, pen)]


def answers(api: Api, pen: Any, season: str, first: Any) -> list[str]:
    """Return the status, the conflict, and the status after a resolution by the sum."""
    if first.status_code == 200:
        return ["200", "", ""]
    before = everything()
    [conflict] = first.json()["conflicts"]
    sides = ", ".join(str(conflict[side]) for side in ("base", "ours", "theirs"))
    place = {name: conflict[name] for name in ("model", "id", "field")}
    second = merge(api, season, resolutions=[{**place, "take": "sum"}])
    if second.status_code != 200:
        assert everything() == before
        merge(api, season, resolutions=[{**place, "take": "theirs"}])
    return [str(first.status_code), f"{conflict['field']}: {sides}", str(second.status_code)]


def result(api: Api, pen: Any) -> str:
    return ", ".join(map(str, product(api, pen).values()))


def _piped(table: Iterator[list[str]]) -> Iterator[str]:
    for number, row in enumerate(table):
        yield f"| {' | '.join(row)} |"
        if number == 0:
            yield f"|{'---|' * len(row)}"
