"""The line of those that must run again: fair, reentrant, and no trap."""

from __future__ import annotations

import threading
import time

import pytest

from bank.line import Line


def started(work: object) -> threading.Thread:
    thread = threading.Thread(target=work)  # type: ignore[arg-type]
    thread.start()
    time.sleep(0.02)  # so that it stands in line before the next one
    return thread


def test_turns_are_given_in_the_order_of_asking() -> None:
    line, served = Line(), []

    def stand(number: int) -> None:
        with line:
            served.append(number)

    with line:
        threads = [started(lambda n=number: stand(n)) for number in range(5)]
    for thread in threads:
        thread.join(5)

    assert served == [0, 1, 2, 3, 4]


def test_it_is_crowded_for_a_while_after_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    line, crowded = Line(), []
    monkeypatch.setattr(Line, "CROWDED", 0.05)

    crowded.append(line.crowded)
    line.refused()
    crowded.append(line.crowded)
    time.sleep(0.06)
    crowded.append(line.crowded)

    assert crowded == [False, True, False]


def test_who_has_waited_too_long_goes_on_without_a_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    line, served = Line(), []
    monkeypatch.setattr(Line, "PATIENCE", 0.05)

    def stand() -> None:
        with line:
            served.append("impatient")

    with line:
        started(stand).join(5)
        served.append("first")
    with line:
        served.append("next")

    assert served == ["impatient", "first", "next"]


def test_whose_turn_it_is_need_not_wait_for_itself() -> None:
    line = Line()

    with line:
        began = time.monotonic()
        with line:
            pass

    assert time.monotonic() - began < 0.5
