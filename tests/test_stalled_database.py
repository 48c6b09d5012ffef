"""While the database hangs, every request ends in time; afterwards requests succeed again."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable

import pytest

from tests.serving import Answer, Server
from tests.stalls import stalled

WRITERS = 8
IN_TIME = 8  # seconds: REQUEST_DEADLINE, plus the delay of a busy machine


@pytest.mark.feature("durability", "a hanging server loses no acknowledged order")
def test_requests_end_in_time_and_no_order_is_lost_while_the_database_hangs(
    server: Server, record_property: Callable[[str, object], None]
) -> None:
    server.start("--no-demo")
    customer = server.call("POST", "/customer/", {"name": "Carl"})
    answers: list[Answer] = []
    done = threading.Event()

    def write() -> None:
        while not done.is_set():
            # Equal orders: if two got one id, Dolt would merge them into one, see docs/dolt.md.
            body = {"customer": customer, "products": [], "subtotal": 1}
            answers.append(server.ask("POST", "/order/", body))

    writers = [threading.Thread(target=write) for _ in range(WRITERS)]
    for writer in writers:
        writer.start()
    time.sleep(0.5)
    with stalled(server):
        time.sleep(6)  # longer than REQUEST_DEADLINE
    resumed = time.monotonic()
    while not any(a.status == 200 and a.began > resumed for a in answers):
        assert time.monotonic() < resumed + 30, Counter(a.status for a in answers)
        time.sleep(0.1)
    done.set()
    for writer in writers:
        writer.join()

    slowest = max(answer.seconds for answer in answers)
    record_property("slowest answer in a hang, s", round(slowest, 1))
    assert {answer.status for answer in answers} == {200, 503}
    assert slowest < IN_TIME
    acknowledged = Counter(answer.json["id"] for answer in answers if answer.status == 200)
    there = Counter(order["id"] for order in server.orders())
    assert acknowledged <= there
    assert set(there.values()) == {1}
