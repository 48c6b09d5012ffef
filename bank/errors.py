"""Everything that can go wrong on purpose. The docstring of each class is its message."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


class BankError(Exception):
    """Something is not as it must be."""

    def __str__(self) -> str:
        return " ".join((type(self).__doc__ or "").split())


class OrderError(BankError):
    """The order cannot be placed."""


class UnknownProducts(OrderError):
    """There is no such product."""

    def __init__(self, keys: Iterable[Any]) -> None:
        super().__init__()
        self.keys = list(keys)


class NotEnoughStock(OrderError):
    """There is not enough stock; nothing was changed."""

    def __init__(self, left: Mapping[Any, int]) -> None:
        super().__init__()
        self.left = left

    def __str__(self) -> str:
        names = ", ".join(
            f"{product.name!r} ({stock} left)" for product, stock in self.left.items()
        )
        return f"There is not enough stock of {names}; nothing was changed."


class TooMuchStock(OrderError):
    """What comes back would be more stock than a product can have; nothing was changed."""

    def __init__(self, products: Iterable[Any]) -> None:
        super().__init__()
        self.products = list(products)

    def __str__(self) -> str:
        names = ", ".join(repr(product.name) for product in self.products)
        return (
            f"What comes back would be more stock of {names} than a product can have; "
            "nothing was changed. Lower its stock first."
        )


class SubtotalTooLarge(OrderError):
    """The prices add up to more than 9999999999999999.99."""


class CopyError(BankError):
    """The data could not be copied."""


class TargetNotEmpty(CopyError):
    """There is something in this bank already; nothing was changed. Copy into an empty one."""


class NotDiscarded(CopyError):
    """There are records of an unfinished copy, or of others, in this bank."""

    def __init__(self, records: int) -> None:
        super().__init__()
        self.records = records

    def __str__(self) -> str:
        return (
            "An earlier copy into this bank was not finished. Records in it now, the copy's and "
            f"those of everybody who wrote meanwhile: {self.records}; nothing was changed. Stop "
            "the application; then --discard deletes all of them and begins the copy anew."
        )


class NotWhole(CopyError):
    """A copy into this bank was not finished: it is not whole. Nothing was done. Copy into it
    again."""


class EmptyInput(CopyError):
    """The input is empty: there is nothing to copy. Nothing was changed."""


class WrongLine(CopyError):
    """A line of the input is not what bank_export writes."""

    def __init__(self, number: int, expected: str) -> None:
        super().__init__()
        self.number, self.expected = number, expected

    def __str__(self) -> str:
        return f"Line {self.number} of the input is not {self.expected}."


class NotInserted(CopyError):
    """The database does not take these records."""

    def __init__(self, number: int, reason: object) -> None:
        super().__init__()
        self.number, self.reason = number, reason

    def __str__(self) -> str:
        return (
            f"The records up to line {self.number} of the input cannot be inserted: "
            f"{' '.join(str(self.reason).split())}. This bank is not whole."
        )


class CopyEnded(CopyError):
    """What was to be copied ended in the middle. This bank is not whole: stop the application if
    it runs, then copy into this bank again."""


class CopyDiffers(CopyError):
    """What is here now is not what was to be copied; did somebody write meanwhile? This bank is not
    whole: stop the application, then copy into this bank again."""


class NotExported(CopyError):
    """An order refers to what was not exported."""

    def __init__(self, order: Any, kind: str, key: Any) -> None:
        super().__init__()
        self.order, self.kind, self.key = order, kind, key

    def __str__(self) -> str:
        return (
            f"Order {self.order} refers to {self.kind} {self.key}, which was deleted: "
            "change or delete the order."
        )


class NotOnlyDemoData(BankError):
    """There is data in this bank that is not the demo's; nothing was changed. Demo data goes into
    an empty bank."""


class TransactionError(BankError):
    """The transaction could not be done."""


class NestedTransaction(TransactionError):
    """A retried transaction must be the outermost one: the database rolls back all of it, so all
    of it must be run again. Call it outside of atomic(); under ATOMIC_REQUESTS, set that to False
    or decorate the view with transaction.non_atomic_requests."""


class RetriesExhausted(TransactionError):
    """The database did not accept this in time; nothing was changed. Send it again."""


class SwallowedError(TransactionError):
    """The transaction caught a database error that had ended it, so its writes were lost; nothing
    was changed. Let the error out, or put atomic() around the statements that may fail, which is a
    savepoint, and catch the error around that."""


class AmbiguousCommit(TransactionError):
    """The connection was lost during COMMIT: the change was made, or it was not. Look before you
    repeat it; with an Idempotency-Key it can be repeated safely."""
