"""Two threads serve requests of three branches with their two connections, and errors happen."""

from __future__ import annotations

import os
import random
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import pytest
from django.db import close_old_connections, connection
from django.http import HttpResponse
from django.test import Client

from bank.models import Customer, Product
from tests.faults import lost
from tests.threads import at_once
from versioning.models import Branch, Commit
from versioning.signatures import signed

REQUESTS = int(os.environ.get("REQUESTS", "1500"))
BRANCHES = ["main", "spring", "autumn/2027"]


class Request(NamedTuple):
    """A request on one of the branches, and what happens to it."""

    number: int
    branch: str
    event: str

    @property
    def name(self) -> str:
        """The name of the customer that it creates."""
        return f"{self.branch} {self.number}"


class Result(NamedTuple):
    """The request and the response to it."""

    request: Request
    response: HttpResponse


def requests() -> list[Request]:
    """Return requests in which no branch and no event follows another regularly."""
    chosen = random.Random(13)  # noqa: S311 - the same requests in each run
    return [
        Request(number, chosen.choice(BRANCHES), chosen.choice(list(EVENTS)))
        for number in range(REQUESTS)
    ]


def send(request: Request) -> Result:
    """Send it as our server does: on the connection that this thread has kept, if it is usable."""
    close_old_connections()
    client = Client(raise_request_exception=False)
    headers = {"Dolt-Branch": request.branch} if request.branch != "main" else {}
    work, _ = EVENTS[request.event]
    return Result(request, work(client, request, headers))


def post(client: Client, request: Request, headers: Any, **body: Any) -> HttpResponse:
    body = body or {"name": request.name}
    return client.post("/customer/", body, "application/json", headers=headers)


def read(client: Client, request: Request, headers: Any) -> HttpResponse:
    return client.get("/customer/?limit=1000", headers=headers)


def refuse(client: Client, request: Request, headers: Any) -> HttpResponse:
    return post(client, request, headers, name="")


def conflict(client: Client, request: Request, headers: Any) -> HttpResponse:
    customer, product = Customer.objects.get(name="Carl"), Product.objects.get()
    order = {"customer": {"id": customer.pk}, "products": [{"id": product.pk, "quantity": 2}]}
    return client.post("/order/", order, "application/json", headers=headers)


def miss(client: Client, request: Request, headers: Any) -> HttpResponse:
    return client.get("/customer/987654321/", headers=headers)


def elsewhere(client: Client, request: Request, headers: Any) -> HttpResponse:
    return post(client, request, {"Dolt-Branch": f"no-{request.branch}"})


def lose(client: Client, request: Request, headers: Any) -> HttpResponse:
    def error() -> Exception:
        if connection.vendor != "sqlite":  # a file is not lost
            with socket.socket(fileno=os.dup(connection.connection.fileno())) as wire:
                wire.shutdown(socket.SHUT_RDWR)
        return lost()

    with failing(error, after=request.number % 4):
        return post(client, request, headers)


def crash(client: Client, request: Request, headers: Any) -> HttpResponse:
    with failing(LookupError, after=request.number % 4):
        return post(client, request, headers)


# What happens to a request, and the statuses that the responses then have. A statement that fails
# after the last one of the request has no effect.
EVENTS: dict[str, tuple[Callable[..., HttpResponse], set[int]]] = {
    "written": (post, {200}),
    "read": (read, {200}),
    "invalid": (refuse, {422}),
    "out of stock": (conflict, {409}),
    "no such customer": (miss, {404}),
    "no such branch": (elsewhere, {404}),
    "connection lost": (lose, {200}),
    "error in the view": (crash, {200, 500}),
}


@contextmanager
def failing(error: Callable[[], Exception], *, after: int) -> Iterator[None]:
    """Let one statement of this thread raise, after so many that are executed."""
    statements = iter(range(after + 1))

    def execute_or_fail(execute: Callable[..., Any], *statement: Any) -> Any:
        if next(statements, None) == after:
            raise error()
        return execute(*statement)

    with connection.execute_wrapper(execute_or_fail):
        yield


@pytest.fixture(autouse=True)
def branches(main: Branch) -> None:
    """Create the branches, with one product, of which there is one, and one customer."""
    client = Client()
    client.post("/customer/", {"name": "Carl"}, "application/json")
    product = {"name": "Pen", "price": "1.00", "stock": 1}
    client.post("/product/", product, "application/json")
    for name in BRANCHES[1:]:
        Branch(name=name).save()


@pytest.mark.timeout(600)
def test_no_row_is_ever_on_another_branch(record_property: Callable[[str, object], None]) -> None:
    results = at_once(send, requests(), threads=2)

    record_property("requests of 2 threads", REQUESTS)
    # On a busy machine any of them may be a 503.
    statuses = {(r.event, answer.status_code) for r, answer in results} - {(e, 503) for e in EVENTS}
    assert statuses == {(event, status) for event in EVENTS for status in EVENTS[event][1]}
    for branch in BRANCHES:
        check(branch, [result for result in results if result.request.branch == branch])


def check(branch: str, results: list[Result]) -> None:
    """Compare the branch with the responses to all requests that named it."""
    with signed("", "Ann <ann@example.com>", branch=branch):
        names = [*Customer.objects.exclude(name="Carl").values_list("name", flat=True)]
        commits = [*Commit.objects.values_list("pk", flat=True)]
    answers = [answer for request, answer in results if request.event != "no such branch"]
    written = {r.request.name: r.response for r in results if r.response.status_code == 200}
    reads = [r.request.name for r in results if r.request.event == "read"]
    read = [written.pop(name) for name in reads if name in written]

    assert {name.rpartition(" ")[0] for name in names} == {branch}
    assert set(written) <= set(names)
    assert {answer.get("Dolt-Branch", branch) for answer in answers} == {branch}
    assert all("Dolt-Branch" in answer for answer in answers if answer.status_code < 500)
    assert {answer["Dolt-Commit"] for answer in [*read, *written.values()]} <= set(commits)
    for page in read:
        found = {customer["name"].rpartition(" ")[0] for customer in page.json()}
        assert found <= {"", branch}
    # Each row has a commit of its own, which all others but those of the fixture are, too.
    assert len({answer["Dolt-Commit"] for answer in written.values()}) == len(written)
    assert len(set(commits)) == len(commits)
    assert len(names) == len(set(names))
