"""The anomalies that the page of two sessions shows, as scripts of their statements."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bank.models import Product, new_token
from bank.pages.sessions import BEGIN, COMMIT, Step


@dataclass(frozen=True)
class Anomaly:
    """A script for these products, and the rule that they must keep."""

    label: str
    explanation: str
    stocks: Sequence[int]
    script: Callable[[Sequence[Product]], list[Step]]
    kept: Callable[[Sequence[int], int], bool]
    """Whether the stocks afterwards keep the rule after so many committed transactions."""


def lost_update(products: Sequence[Product], **token: Callable[[], int]) -> list[Step]:
    """Both sell a piece of the only product: read its stock, write one less."""
    [product] = products
    read = f"stock = Product.objects.get(pk={product.pk!r}).stock"
    fields = "".join(f", {name}=new_token()" for name in token)
    write = f"Product.objects.filter(pk={product.pk!r}).update(stock=stock - 1{fields})"

    def reads(values: dict[str, Any]) -> Any:
        values["stock"] = Product.objects.values_list("stock", flat=True).get(pk=product.pk)
        return values["stock"]

    def writes(values: dict[str, Any]) -> Any:
        new = {name: make() for name, make in token.items()}
        rows = Product.objects.filter(pk=product.pk).update(stock=values["stock"] - 1, **new)
        return f"{rows} row"

    steps = [(BEGIN, None), (read, reads), (write, writes), (COMMIT, None)]
    return [
        Step(session, code, run) if run else Step(session, code)
        for code, run in steps
        for session in ("A", "B")
    ]


def write_skew(products: Sequence[Product]) -> list[Step]:
    """Each takes its product off the shelf, if the other one is still there."""
    keys = [product.pk for product in products]
    read = f"total = sum of stock in Product.objects.filter(pk__in={keys!r})"

    def reads(values: dict[str, Any]) -> Any:
        rows = Product.objects.filter(pk__in=keys).values_list("stock", flat=True)
        return sum(stock or 0 for stock in rows)

    def writes(key: Any) -> Callable[[dict[str, Any]], str]:
        return lambda values: f"{Product.objects.filter(pk=key).update(stock=0)} row"

    both = dict(zip("AB", keys, strict=True))
    update = "if total > 1: Product.objects.filter(pk={!r}).update(stock=0)"
    return [
        *(Step(session, BEGIN) for session in both),
        *(Step(session, read, reads) for session in both),
        *(Step(session, update.format(key), writes(key)) for session, key in both.items()),
        *(Step(session, COMMIT) for session in both),
    ]


ANOMALIES = {
    "lost-update": Anomaly(
        "lost update",
        "Both sell one of ten pieces: each reads the stock, and writes one less. If both are "
        "committed, the stock says nine, but only eight are left.",
        (10,),
        lost_update,
        lambda stocks, committed: stocks[0] == 10 - committed,
    ),
    "token": Anomaly(
        "lost update, with a token",
        "The same, and each writes a new random token too, so that the two writes differ.",
        (10,),
        lambda products: lost_update(products, stock_token=new_token),
        lambda stocks, committed: stocks[0] == 10 - committed,
    ),
    "write-skew": Anomaly(
        "write skew",
        "One of two products must stay on the shelf. Each session sees both there, and takes its "
        "own away: they write different rows.",
        (1, 1),
        write_skew,
        lambda stocks, committed: sum(stocks) > 0,
    ),
}
