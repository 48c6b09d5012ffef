"""An engine without attributes of its own for bank has the documented defaults."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager, nullcontext

import pytest
from django.db import connection

from bank.engine import Engine
from bank.transactions.deadline import deadline


def test_djangos_own_attributes_are_sufficient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "get_database_version", lambda: (18, 6), raising=False)
    engine, error = Engine(), ValueError("not known")

    assert engine.server_version() == f"{connection.display_name} 18.6"
    assert (engine.error_kind(error), engine.broken_constraint(error)) == (None, "")
    assert engine.transaction_aborted is False
    assert engine.compiled_query(int) is int
    assert engine.compiles_writes is True
    with engine.time_limit(0):
        pass


def test_a_transaction_refuses_to_be_inside_another_one() -> None:
    begun = Engine().outermost_atomic(), Engine().snapshot()

    assert [atomic.durable for atomic in begun] == [True, True]


def test_an_engine_gets_the_seconds_until_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    limits: list[float] = []

    def time_limit(seconds: float) -> AbstractContextManager[None]:
        limits.append(seconds)
        return nullcontext()

    monkeypatch.setattr(connection, "time_limit", time_limit, raising=False)
    with deadline(time.monotonic() + 5):
        pass

    assert limits == [pytest.approx(5, abs=1)]
