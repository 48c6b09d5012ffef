"""The queue of refused transactions is first in, first out, reentrant, and waits a limited time."""

from __future__ import annotations

import threading
import time
from types import SimpleNamespace

import pytest

from bank.transactions.retry_queue import RetryQueue


def started(work: object) -> threading.Thread:
    thread = threading.Thread(target=work)  # type: ignore[arg-type]
    thread.start()
    time.sleep(0.02)  # seconds, so that it queues before the next thread
    return thread


def test_the_queue_is_first_in_first_out() -> None:
    queue, served = RetryQueue(), []

    def wait(number: int) -> None:
        with queue.turn(60):
            served.append(number)

    with queue.turn(60):
        threads = [started(lambda n=number: wait(n)) for number in range(5)]
    for thread in threads:
        thread.join(5)

    assert served == [0, 1, 2, 3, 4]


def test_the_queue_is_contended_for_a_limited_time_after_a_refusal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    queue, contended = RetryQueue(), []
    monkeypatch.setattr(RetryQueue, "CONTENDED", 0.05)

    contended.append(queue.contended)
    queue.refused()
    contended.append(queue.contended)
    time.sleep(0.06)
    contended.append(queue.contended)

    assert contended == [False, True, False]


def test_after_max_wait_a_transaction_runs_without_a_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    queue, served = RetryQueue(), []
    monkeypatch.setattr(RetryQueue, "MAX_WAIT", 0.05)

    def wait() -> None:
        with queue.turn(60):
            served.append("without a turn")

    with queue.turn(60):
        started(wait).join(5)
        served.append("first")
    with queue.turn(60):
        served.append("next")

    assert served == ["without a turn", "first", "next"]


def test_the_queue_is_reentrant() -> None:
    queue = RetryQueue()

    with queue.turn(60):
        began = time.monotonic()
        with queue.turn(60):
            pass

    assert time.monotonic() - began < 0.5


def test_the_wait_for_a_turn_ends_after_the_given_timeout() -> None:
    queue, waits = RetryQueue(), []

    def wait() -> None:
        began = time.monotonic()
        with queue.turn(0.1) as mine:
            waits.append((mine, time.monotonic() - began < 2))

    with queue.turn(60):
        started(wait).join(5)

    assert waits == [(False, True)]


def test_a_turn_granted_just_as_the_wait_times_out_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    waits, turns = threading.Event(), []

    class SetAfterTimeout(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            waits.set()
            super().wait(5)
            return False

    patched = SimpleNamespace(
        Event=SetAfterTimeout, Lock=threading.Lock, get_ident=threading.get_ident
    )
    monkeypatch.setattr("bank.transactions.retry_queue.threading", patched)
    queue = RetryQueue()

    def wait() -> None:
        with queue.turn(60) as mine:
            turns.append(mine)

    with queue.turn(60):
        waiting = started(wait)
        waits.wait(5)
    waiting.join(5)
    with queue.turn(0) as mine:
        turns.append(mine)

    assert turns == [True, True]
