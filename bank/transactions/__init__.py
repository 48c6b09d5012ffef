"""Transactions that are run again when the database refuses them: `retry_transaction`."""

from bank.transactions.retry import retry_transaction

__all__ = ["retry_transaction"]
