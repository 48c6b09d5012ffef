"""The errors that this application raises. The docstring of each class is its message."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


class BankError(Exception):
    """The operation is not possible."""

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
    """The stock would exceed the limit of a product; nothing was changed."""

    def __init__(self, products: Iterable[Any]) -> None:
        super().__init__()
        self.products = list(products)

    def __str__(self) -> str:
        names = ", ".join(repr(product.name) for product in self.products)
        return (
            f"Putting the products back would exceed the stock limit of {names}; "
            "nothing was changed. Lower its stock first."
        )


class SubtotalTooLarge(OrderError):
    """The prices add up to more than 9999999999999999.99."""


class CopyError(BankError):
    """The data could not be copied."""


class TargetNotEmpty(CopyError):
    """This bank is not empty; nothing was changed. Copy into an empty one."""


class NotDiscarded(CopyError):
    """An earlier copy into this bank was not finished."""

    def __init__(self, records: int) -> None:
        super().__init__()
        self.records = records

    def __str__(self) -> str:
        return (
            f"An earlier copy into this bank was not finished. It has {self.records} records, the "
            "copy's and those that others wrote in the meantime; nothing was changed. Stop the "
            "application; then --discard deletes all of them and starts the copy again."
        )


class NotWhole(CopyError):
    """A copy into this bank was not finished: its data is incomplete. Nothing was done. Copy into
    it again."""


class EmptyInput(CopyError):
    """The input is empty: there is nothing to copy. Nothing was changed."""


class WrongLine(CopyError):
    """A line of the input is not in the format of bank_export."""

    def __init__(self, number: int, expected: str) -> None:
        super().__init__()
        self.number, self.expected = number, expected

    def __str__(self) -> str:
        return f"Line {self.number} of the input is not {self.expected}."


class NotInserted(CopyError):
    """The database does not accept these records."""

    def __init__(self, number: int, reason: object) -> None:
        super().__init__()
        self.number, self.reason = number, reason

    def __str__(self) -> str:
        return (
            f"The records up to line {self.number} of the input cannot be inserted: "
            f"{' '.join(str(self.reason).split())}. The data of this bank is incomplete."
        )


class CopyEnded(CopyError):
    """The input ended before its last line. The data of this bank is incomplete: stop the
    application if it runs, then copy into this bank again."""


class CopyDiffers(CopyError):
    """The data of this bank differs from the data that was to be copied; perhaps it was written to
    during the copy. Stop the application, then copy into this bank again."""


class NotExported(CopyError):
    """An order refers to a record that was not exported."""

    def __init__(self, order: Any, kind: str, key: Any) -> None:
        super().__init__()
        self.order, self.kind, self.key = order, kind, key

    def __str__(self) -> str:
        return (
            f"Order {self.order} refers to {self.kind} {self.key}, which was deleted: "
            "change or delete the order."
        )


class NotCarried(CopyError):
    """A column is of a kind that a copy does not carry."""

    def __init__(self, column: Any) -> None:
        super().__init__()
        self.column = column

    def __str__(self) -> str:
        return (
            f"{self.column} is a {type(self.column).__name__}, which a copy cannot carry; nothing "
            "was done. Give it a form in bank/transfer/carried.py."
        )


class NotOnlyDemoData(BankError):
    """This bank has data that is not demo data; nothing was changed. Demo data is added to an empty
    bank only."""


class TransactionError(BankError):
    """The transaction failed."""


class NestedTransaction(TransactionError):
    """A retried transaction must be the outermost one, because the database rolls back all of it,
    and all of it must be run again. Call it outside atomic(); with ATOMIC_REQUESTS, set that to
    False or decorate the view with transaction.non_atomic_requests."""


class RetriesExhausted(TransactionError):
    """The database did not accept this in time; nothing was changed. Send it again."""


class SwallowedError(TransactionError):
    """The transaction caught a database error that had ended it, so its writes were lost; nothing
    was changed. Do not catch that error, or put the statements that may fail inside atomic(), which
    makes a savepoint, and catch the error outside that block."""


class AmbiguousCommit(TransactionError):
    """The connection was lost during COMMIT: the change was made, or it was not. Check that before
    you repeat the request; with an Idempotency-Key it can be repeated safely."""
