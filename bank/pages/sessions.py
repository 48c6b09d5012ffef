"""Two sessions side by side: each statement, and what the database said.

Each session is a thread with a connection and a transaction of its own. They take turns; a
statement that the database keeps waiting, for a lock, ends when the other session goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, wait
from contextlib import AbstractContextManager
from dataclasses import dataclass
from queue import Queue
from threading import Thread
from typing import Any

from bank.pages.storm import first_line
from bank.pages.threads import like_here
from bank.transactions.deadline import remaining

PATIENCE = 0.3  # seconds until a statement is shown as waiting
BEGIN, COMMIT = "BEGIN", "COMMIT"
SKIPPED = "not executed: this transaction has ended"
Begin = Callable[[], AbstractContextManager[Any]]


@dataclass(frozen=True)
class Step:
    """A statement of session A or B: the code that the page shows, and the function that it is."""

    session: str
    code: str
    run: Callable[[dict[str, Any]], Any] = lambda values: "ok"


@dataclass(frozen=True)
class Line:
    """A step and the database's answer; a statement that had to wait has two lines."""

    session: str
    code: str
    answer: str
    kind: str
    """ok, waits, refused, or skipped."""


class Session:
    """A thread that executes steps in one transaction, until COMMIT or the first error.

    It answers the steps after that too, until it is told to end.
    """

    def __init__(self, begin: Begin) -> None:
        self.begin = begin
        self.values: dict[str, Any] = {}
        self.inbox: Queue[tuple[Step, Future[str]] | None] = Queue()
        Thread(target=like_here(Session._run), args=(self,), daemon=True).start()

    def take(self, step: Step) -> Future[str]:
        """Execute this step after those before; the future has the answer, or the error."""
        future: Future[str] = Future()
        self.inbox.put((step, future))
        return future

    def end(self) -> None:
        self.inbox.put(None)

    def _run(self) -> None:
        steps = iter(self.inbox.get, None)
        step, future = next(steps)
        try:
            with self.begin():
                while step.code != COMMIT:
                    future.set_result(str(step.run(self.values)))
                    step, future = next(steps)
            future.set_result("ok")
        except Exception as error:  # the page shows it
            future.set_exception(error)
        for _, late in steps:
            late.set_result(SKIPPED)


def play(script: Sequence[Step], begin: Begin) -> Iterator[Line]:
    """Let both sessions execute the steps in turns, each in its transaction; yield the lines."""
    sessions = {name: Session(begin) for name in ("A", "B")}
    waiting: list[tuple[Step, Future[str]]] = []
    for step in script:
        for each in [each for each in waiting if each[0].session == step.session]:
            wait([each[1]], PATIENCE)
        future = sessions[step.session].take(step)
        wait([future], PATIENCE)
        waiting.append((step, future))
        for each in [each for each in waiting if each[1].done()]:
            waiting.remove(each)
            yield _line(*each)
        if not future.done():
            yield Line(step.session, step.code, "waits for the other session …", "waits")
    for each in waiting:
        wait([each[1]], remaining())  # its own deadline ends it earlier
        yield _line(*each)
    for session in sessions.values():
        session.end()


def _line(step: Step, future: Future[str]) -> Line:
    if not future.done():
        return Line(step.session, step.code, "no answer", "refused")
    if error := future.exception():
        return Line(step.session, step.code, first_line(error), "refused")
    answer = future.result()
    return Line(step.session, step.code, answer, "skipped" if answer == SKIPPED else "ok")
