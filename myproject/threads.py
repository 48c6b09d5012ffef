"""A few threads that run jobs first come, first served; a job can be cancelled until it begins."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any

logger = logging.getLogger("bank.front")

CHECK_SECONDS = 0.5  # between two checks of the jobs that have not ended


class Job:
    """A call whose end can be awaited (`ended`) on the event loop that created the job."""

    def __init__(
        self, function: Callable[..., None], arguments: Any, slow: Callable[[Job], None] | None
    ) -> None:
        self.function, self.arguments = function, arguments
        self.slow = slow  # called once, at the first check
        self.loop = asyncio.get_running_loop()
        self.ended = self.loop.create_future()
        self.taken = Lock()  # acquired by the thread that runs the job, or by cancel()

    def cancel(self) -> bool:
        """Cancel the job and `ended` unless it has begun; return whether it was cancelled."""
        return self.taken.acquire(blocking=False) and self.ended.cancel()

    def run(self) -> None:
        if self.taken.acquire(blocking=False):
            try:
                self.function(*self.arguments)
            except Exception:
                logger.exception("A job must not raise")


class Threads:
    """A fixed number of daemon threads that run the jobs of one event loop.

    The loop is not woken when a job ends, which would take a tenth of the time of a small request.
    `ended` is set when the next job is submitted, or at most CHECK_SECONDS later. Until then the
    arguments are kept; granian needs the awaiting coroutine, but not for the response.

    Not a ThreadPoolExecutor, because Python waits for its threads at exit: a database that does
    not answer would keep the process from ending.
    """

    def __init__(self, number: int, name: str) -> None:
        self._submitted: SimpleQueue[Job] = SimpleQueue()
        self._finished: deque[Job] = deque()
        self._unfinished: dict[Job, None] = {}
        self._timer: asyncio.TimerHandle | None = None
        for _ in range(number):
            Thread(target=self._run, name=name, daemon=True).start()

    def submit(
        self,
        function: Callable[..., None],
        *arguments: Any,
        slow: Callable[[Job], None] | None = None,
    ) -> Job:
        """Run the function in one of the threads.

        If it has not ended at the next check, at most CHECK_SECONDS later, call `slow` with the
        job, once, on the event loop.
        """
        self._end_finished()
        job = Job(function, arguments, slow)
        self._unfinished[job] = None
        self._submitted.put(job)
        if not self._timer:
            self._timer = job.loop.call_later(CHECK_SECONDS, self._check, job.loop)
        return job

    def _check(self, loop: asyncio.AbstractEventLoop) -> None:
        self._end_finished()
        for job in self._unfinished:
            slow, job.slow = job.slow, None
            if slow:
                slow(job)
        again = loop.call_later(CHECK_SECONDS, self._check, loop) if self._unfinished else None
        self._timer = again

    def _end_finished(self) -> None:
        while self._finished:
            job = self._finished.popleft()
            del self._unfinished[job]
            if not job.ended.done():
                job.ended.set_result(None)

    def _run(self) -> None:
        while True:
            job = self._submitted.get()
            job.run()
            self._finished.append(job)
