"""Three applications behind a balancer: crashes, restarts, frozen ones, and many buyers."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import count
from statistics import quantiles
from threading import Event
from typing import Any

import pytest

from runner.processes import log_file
from tests.containers.admin_login import log_in
from tests.containers.shop import Shop, docker, healthy, kill, restarts, wait_until
from tests.serving import Answer
from tests.threads import at_once

THREADS, ORDERS = 8, 150  # clients, and orders that they send at least while applications fail
BUYERS, STOCK, TRIES = 32, 200, 1000
# Seconds, as haproxy-http.cfg says: until a frozen application gets no more requests, and until one
# that it has is ended. A busy machine needs more.
DOWN, SERVER_TIMEOUT, MORE = 4.0, 8.0, 2.0

GUESS = """
import http.client
token, form = "a" * 32, "application/x-www-form-urlencoded"
headers = {"Host": "localhost", "Cookie": f"csrftoken={token}", "Content-Type": form}
body = f"username=bob&password=guess&csrfmiddlewaretoken={token}"
balancer = http.client.HTTPConnection("balancer", 8000, 60)
balancer.request("POST", "/admin/login/", body, headers)
print(balancer.getresponse().status)
"""
"""Sends a wrong password from a container, which has an address of its own."""


@pytest.fixture(scope="module")
def project() -> Iterator[Shop]:
    """Return the running project, which all tests of this module use one after another."""
    with Shop().running(log_file("several-applications", None)) as shop:
        yield shop


@pytest.fixture
def shop(project: Shop) -> Shop:
    """Return the project with three applications, whatever the previous test has stopped."""
    project.scale(3)
    return project


def an_order(shop: Shop, *, stock: int) -> tuple[Any, Any]:
    """Return a new product with this stock, and the body of an order of one piece."""
    customer = shop.create("/customer/", {"name": "Carl"})
    pen = shop.create("/product/", {"name": "Pen", "price": "1.20", "stock": stock})
    return pen, {"customer": customer, "products": [{"id": pen["id"]}]}


def send(shop: Shop, order: Any, number: int, *, tries: int = 1) -> Answer:
    """Send an order with its key, again at once after a failure; return the last response."""
    key = f"product-{order['products'][0]['id']}-{number}"
    for left in reversed(range(tries)):
        try:
            answer = shop.ask("POST", "/order/", order, **{"Idempotency-Key": key})
        except OSError:
            if not left:
                raise
        else:
            if answer.status < 500 or not left:
                return answer
    raise AssertionError("unreachable")


def test_headers_of_a_client_that_claim_an_address_and_tls_are_overwritten(shop: Shop) -> None:
    for number in range(31):  # six processes, each of which allows four guesses by one address
        claimed = {"X-Forwarded-For": f"192.0.2.{number}", "X-Forwarded-Proto": "https"}
        answer = log_in(shop, "ada", f"guess {number}", **claimed)
        assert "Strict-Transport-Security" not in answer.headers
        if b"A wrong password was given from your address." in answer.content:
            return
    raise AssertionError("No guess was counted for the address of the client.")


def test_wrong_passwords_of_one_client_do_not_lock_out_another(shop: Shop) -> None:
    application, *_ = shop.applications()
    refused = 0
    while refused < 30:  # by all processes, each of which counts for itself
        refused = refused + 1 if log_in(shop, "bob", "guess").status == 429 else 0

    status = docker("exec", application, "python", "-c", GUESS)

    assert status == "200"


def test_orders_survive_the_kill_of_one_application_and_the_restart_of_another(
    shop: Shop, record_property: Callable[[str, object], None]
) -> None:
    pen, order = an_order(shop, stock=100_000)
    killed, restarted, _ = shop.applications()
    numbers, stop = count(), Event()
    acknowledged: dict[int, Answer] = {}

    def client(_: int) -> None:
        while not stop.is_set():
            number = next(numbers)
            acknowledged[number] = send(shop, order, number, tries=2)

    with ThreadPoolExecutor(THREADS) as pool:
        clients = pool.map(client, range(THREADS))
        try:
            wait_until(lambda: len(acknowledged) > ORDERS // 3)
            kill(killed)
            docker("restart", restarted)
            wait_until(lambda: restarts(killed) == 1 and healthy(killed) and healthy(restarted))
            wait_until(lambda: len(acknowledged) > ORDERS)
        finally:
            stop.set()
        list(clients)
    replayed = at_once(partial(send, shop, order), acknowledged, threads=THREADS)

    slowest = max(answer.seconds for answer in acknowledged.values())
    record_property("slowest order while an application is killed, s", round(slowest, 1))
    assert {answer.status for answer in acknowledged.values()} == {200}
    ids = sorted(answer.json["id"] for answer in acknowledged.values())
    assert shop.orders(ids[0]) == ids
    assert sorted(answer.json["id"] for answer in replayed) == ids
    assert shop.ask("GET", f"/product/{pen['id']}/").json["stock"] == 100_000 - len(ids)


def test_a_frozen_application_gets_no_requests_and_those_that_it_has_end_in_time(
    shop: Shop, record_property: Callable[[str, object], None]
) -> None:
    _, order = an_order(shop, stock=100_000)
    frozen, *_ = shop.applications()
    carl = partial(shop.ask, "POST", "/customer/", {"name": "Carl"})
    with ThreadPoolExecutor(2 * THREADS) as pool:
        docker("pause", frozen)
        try:
            without_key = [pool.submit(carl) for _ in range(THREADS)]
            with_key = [pool.submit(send, shop, order, -number) for number in range(THREADS)]
            time.sleep(DOWN + MORE)
            later = [send(shop, order, -number) for number in range(THREADS, 10 * THREADS)]
            answers = [future.result() for future in without_key + with_key]
        finally:
            docker("unpause", frozen)

    slowest = max(answer.seconds for answer in answers)
    record_property("slowest order while an application is frozen, s", round(slowest, 1))
    assert slowest < SERVER_TIMEOUT + MORE
    # The application may have executed a request without a key, so only the client can repeat it.
    assert Counter(answer.status for answer in answers[:THREADS]).keys() == {200, 504}
    assert {answer.status for answer in answers[THREADS:] + later} == {200}
    assert max(answer.seconds for answer in later) < MORE


def test_without_any_application_the_balancer_answers_503_until_one_is_back(shop: Shop) -> None:
    shop.project.read("kill", "application")

    away = [shop.ask("GET", "/customer/?limit=1") for _ in range(3)]
    shop.project.read("start", "application")
    wait_until(lambda: shop.ask("GET", "/customer/?limit=1").status == 200)

    assert {answer.status for answer in away} == {503}
    # Three attempts to connect, of at most two seconds each, if the address is still known.
    assert max(answer.seconds for answer in away) < 6 + MORE


@pytest.mark.parametrize("applications", [3, 1])
def test_a_thousand_orders_through_the_balancer_sell_exactly_the_stock(
    applications: int, shop: Shop, record_property: Callable[[str, object], None]
) -> None:
    shop.scale(applications)
    pen, order = an_order(shop, stock=STOCK)
    retried = shop.retries()
    began = time.monotonic()

    answers = at_once(partial(buy, shop, order), range(TRIES), threads=BUYERS)

    seconds = [answer.seconds for tries in answers for answer in tries]
    for figure, value in {
        "retries": shop.retries() - retried,
        "p99, ms": round(quantiles(seconds, n=100)[98] * 1000),
        "orders/s": round(TRIES / (time.monotonic() - began)),
    }.items():
        record_property(f"32 buyers, applications: {applications}, {figure}", value)
    statuses = Counter(tries[-1].status for tries in answers)
    assert statuses == {200: STOCK, 409: TRIES - STOCK}
    assert shop.ask("GET", f"/product/{pen['id']}/").json["stock"] == 0


def buy(shop: Shop, order: Any, number: int) -> list[Answer]:
    """Order, and order again after the seconds that a 503 names; return all responses."""
    answers = [send(shop, order, number)]
    while answers[-1].status == 503 and len(answers) < 20:
        time.sleep(int(answers[-1].headers.get("Retry-After", 1)))
        answers.append(send(shop, order, number))
    return answers
