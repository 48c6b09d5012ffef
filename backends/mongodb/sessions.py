"""Ends a session of pymongo's, also when the time limit of its operations is over."""

from __future__ import annotations

from contextvars import Context

import pymongo
from pymongo.client_session import ClientSession

SECONDS = 1.0  # for the abort of a transaction, if the server does not respond


def end(session: ClientSession) -> None:
    """End the session, and abort its transaction if that was not committed.

    When a time limit is over, pymongo sends nothing more, not even the abort, and hides that:
    https://github.com/mongodb/specifications/blob/master/source/transactions/transactions.md#aborttransaction
    The server would keep the transaction's locks, for a minute. So this is done outside of it.
    """
    Context().run(_end, session)


def _end(session: ClientSession) -> None:
    with pymongo.timeout(SECONDS):
        session.end_session()
