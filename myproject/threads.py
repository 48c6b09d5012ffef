"""A few threads that run jobs first come, first served; a job can be cancelled until it begins."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any

logger = logging.getLogger("bank.front")


class Job:
    """A call whose end can be awaited (`ended`) on the event loop that created the job."""

    def __init__(self, function: Callable[..., None], *arguments: Any) -> None:
        self.function, self.arguments = function, arguments
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
            self.loop.call_soon_threadsafe(self._end)

    def _end(self) -> None:
        if not self.ended.done():
            self.ended.set_result(None)


class Threads:
    """A fixed number of daemon threads that run jobs.

    Not a ThreadPoolExecutor, because Python waits for its threads at exit: a database that does
    not answer would keep the process from ending.
    """

    def __init__(self, number: int, name: str) -> None:
        self.jobs: SimpleQueue[Job] = SimpleQueue()
        for _ in range(number):
            Thread(target=self._run, name=name, daemon=True).start()

    def submit(self, function: Callable[..., None], *arguments: Any) -> Job:
        job = Job(function, *arguments)
        self.jobs.put(job)
        return job

    def _run(self) -> None:
        while True:
            self.jobs.get().run()
