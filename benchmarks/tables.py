"""What a benchmark needs to know of the tables, on PostgreSQL and on every other backend."""

from __future__ import annotations

from typing import Protocol

from benchmarks.works import Key


class Tables(Protocol):
    """The seeded tables of a running server."""

    orders: int
    """The number of seeded orders."""

    def key(self, kind: str, number: int) -> Key:
        """Return the key of a seeded row (see Keys); beyond the last row: one that no row has."""

    def placed(self) -> list[Key]:
        """Return the keys of the orders placed since the tables were seeded."""

    def reset_orders(self) -> None:
        """Delete these orders."""

    def wait_until_quiet(self) -> None:
        """Return when the last requests have been processed, also those whose client is gone.

        When wrk ends, a slow peer is still processing requests. These must not take CPU time from
        the next peer, nor place an order while the orders are reset.
        """

    def set_stock(self, product: int, stock: int | None) -> None:
        """Set the stock of the product with this number."""

    def stock(self, product: int) -> int | None:
        """Return the stock of the product with this number."""
