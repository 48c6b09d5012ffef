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


def test_who_comes_new_waits_until_nobody_stands_in_line() -> None:
    line, seen = Line(), []

    with line:
        newcomer = started(lambda: (line.let_pass(), seen.append("newcomer")))
        seen.append("first")
    newcomer.join(5)

    assert seen == ["first", "newcomer"]


def test_but_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    line = Line()
    monkeypatch.setattr(Line, "COURTESY", 0.05)

    with line:
        newcomer = started(line.let_pass)
        newcomer.join(5)

        assert not newcomer.is_alive()


def test_whose_turn_it_is_need_not_wait_for_itself() -> None:
    line = Line()

    with line:
        began = time.monotonic()
        line.let_pass()
        with line:
            pass

    assert time.monotonic() - began < 0.5
