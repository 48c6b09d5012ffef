"""The guarantees of retry_transaction."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from threading import Event, Thread
from typing import Any

import pytest
from django.core.checks import run_checks
from django.db import IntegrityError, OperationalError, connection, transaction
from django.test import Client, RequestFactory

from bank.errors import AmbiguousCommit, NestedTransaction, RetriesExhausted, SwallowedError
from bank.middleware.request_deadline import RequestDeadline
from bank.models import Customer, IdempotencyRecord, Product
from bank.transactions import retry as transactions
from bank.transactions import retry_transaction
from bank.transactions.deadline import deadline, remaining
from bank.transactions.outcomes import outcomes
from bank.transactions.retry import backoff, queues
from tests import faults
from tests.api import Api
from tests.threads import at_once, outcome

pytestmark = pytest.mark.django_db(transaction=True)


class Body:
    """A transaction body that inserts a customer and counts its runs."""

    def __init__(self) -> None:
        self.runs = 0
        self.hooks: list[int] = []

    def __call__(self, name: str = "Carl") -> int:
        self.runs += 1
        number = self.runs
        Customer.objects.create(name=name)
        transaction.on_commit(lambda: self.hooks.append(number))
        return number


@pytest.fixture
def body() -> Body:
    return Body()


def names() -> list[str]:
    return sorted(Customer.objects.values_list("name", flat=True))


def test_an_accepted_transaction_runs_once(body: Body) -> None:
    assert retry_transaction(body)("Ada") == 1

    assert names() == ["Ada"]


def test_a_refused_statement_runs_the_whole_body_again(body: Body) -> None:
    with faults.at_statement(faults.conflict, times=2):
        assert retry_transaction(body)() == 3

    assert names() == ["Carl"]


def test_a_refused_commit_runs_the_whole_body_again(body: Body) -> None:
    with faults.at_commit(faults.conflict, times=2):
        assert retry_transaction(body)() == 3

    assert names() == ["Carl"]


@pytest.mark.parametrize("block", [nullcontext, transaction.atomic])
def test_a_swallowed_error_never_loses_writes_silently(block: Any, body: Body) -> None:
    """If the transaction survives the error, all is committed; otherwise it is SwallowedError."""

    def store() -> None:
        IdempotencyRecord.objects.create(client="ann", key="one", request="", body="", location="")

    def careless() -> None:
        body()
        with suppress(IntegrityError), block():
            store()

    store()
    before = outcomes.snapshot()["committed"]
    result = outcome(retry_transaction(careless))

    committed = outcomes.snapshot()["committed"] - before
    assert (type(result), names(), committed) in [
        (type(None), ["Carl"], 1),
        (SwallowedError, [], 0),
    ]
    assert body.runs == 1


def test_only_the_hooks_of_the_attempt_that_committed_run(body: Body) -> None:
    with faults.at_commit(faults.conflict, times=2):
        retry_transaction(body)()

    assert body.hooks == [3]


@pytest.mark.parametrize("refusal", [faults.conflict, faults.lost])
def test_a_refusal_that_the_body_caught_is_retried(body: Body, refusal: Any) -> None:
    def careless() -> None:
        try:
            body()
        except OperationalError:
            pass

    with faults.at_statement(refusal):
        retry_transaction(careless)()

    assert (body.runs, names()) == (2, ["Carl"])


def test_an_error_raised_after_a_caught_refusal_does_not_hide_it(body: Body) -> None:
    def misleading() -> None:
        try:
            body()
        except OperationalError:
            raise LookupError("no customer") from None

    with faults.at_statement(faults.conflict):
        retry_transaction(misleading)()

    assert (body.runs, names()) == (2, ["Carl"])


def test_a_connection_lost_before_commit_is_replaced(body: Body) -> None:
    with faults.at_statement(faults.lost):
        retry_transaction(body)()

    assert (body.runs, names()) == (2, ["Carl"])


def test_a_connection_lost_during_commit_is_ambiguous(body: Body) -> None:
    with faults.at_commit(faults.lost, committed=True), pytest.raises(AmbiguousCommit):
        retry_transaction(body)()

    assert (body.runs, names()) == (1, ["Carl"])


@pytest.mark.parametrize(("committed", "stored"), [(True, ["Carl"]), (False, [])])
def test_a_commit_that_timed_out_is_ambiguous(
    body: Body, committed: bool, stored: list[str]
) -> None:
    with faults.at_commit(faults.timed_out, committed=committed), pytest.raises(AmbiguousCommit):
        retry_transaction(body)()

    assert (body.runs, names()) == (1, stored)


def test_an_idempotent_body_is_run_again_after_an_ambiguous_commit() -> None:
    def create_once() -> str:
        Customer.objects.get_or_create(name="Carl")
        return "there"

    with faults.at_commit(faults.lost, committed=True):
        assert retry_transaction(idempotent=True)(create_once)() == "there"

    assert names() == ["Carl"]


def test_retries_exhausted_after_an_ambiguous_commit_are_ambiguous() -> None:
    body = Body()

    with faults.at_commit(faults.lost), pytest.raises(AmbiguousCommit):
        retry_transaction(idempotent=True, attempts=1)(body)()


def test_a_hook_that_fails_does_not_run_the_committed_body_again(body: Body) -> None:
    def with_hook() -> None:
        body()
        transaction.on_commit(fail)

    def fail() -> None:
        raise faults.conflict()

    with pytest.raises(OperationalError):
        retry_transaction(with_hook)()

    assert (body.runs, names()) == (1, ["Carl"])


def test_other_database_errors_are_not_retried(body: Body) -> None:
    def broken() -> None:
        body()
        raise IntegrityError("a rule of the data")

    with pytest.raises(IntegrityError):
        retry_transaction(broken)()

    assert (body.runs, names()) == (1, [])


def test_retries_end_after_the_given_number_of_attempts(body: Body) -> None:
    with faults.at_commit(faults.conflict, times=99), pytest.raises(RetriesExhausted) as refused:
        retry_transaction(attempts=3)(body)()

    assert (body.runs, names()) == (3, [])
    assert isinstance(refused.value.__cause__, OperationalError)


@contextmanager
def another_thread_has_the_turn() -> Iterator[None]:
    holds, done = Event(), Event()

    def hold() -> None:
        with queues["default"].turn(60):
            holds.set()
            done.wait(30)

    holder = Thread(target=hold)
    holder.start()
    assert holds.wait(10)
    yield
    done.set()
    holder.join()


def test_new_transactions_queue_after_a_refusal(body: Body) -> None:
    before = queues["default"].contended

    with faults.at_commit(faults.conflict):
        retry_transaction(body)()

    assert (before, queues["default"].contended) == (False, True)


def test_a_queued_transaction_waits_no_longer_than_its_deadline(body: Body) -> None:
    with another_thread_has_the_turn():
        queues["default"].refused()
        with pytest.raises(RetriesExhausted):
            retry_transaction(deadline=0.1)(body)()

    assert (body.runs, names()) == (0, [])


def test_transactions_do_not_queue_without_a_refusal(body: Body) -> None:
    with another_thread_has_the_turn():
        retry_transaction(deadline=0.5)(body)()

    assert names() == ["Carl"]


def test_the_deadline_of_the_request_ends_the_retries(body: Body, settings: Any) -> None:
    settings.REQUEST_DEADLINE = 0.5
    connection.ensure_connection()  # connecting would take too long
    began = time.monotonic()

    def view(request: Any) -> None:
        with faults.at_commit(faults.conflict, times=99):
            retry_transaction(deadline=60)(body)()

    # On a busy machine the deadline passes during a statement, which the engine then ends.
    with pytest.raises((RetriesExhausted, OperationalError)):
        RequestDeadline(view)(RequestFactory().get("/"))  # type: ignore[arg-type]

    assert 1 < body.runs < 99
    assert time.monotonic() - began < 5


def test_the_deadline_of_a_request_counts_from_its_arrival(settings: Any) -> None:
    arrived = time.monotonic() - settings.REQUEST_DEADLINE + 1
    left: list[float] = []

    RequestDeadline(lambda request: left.append(remaining()))(  # type: ignore[arg-type,return-value]
        RequestFactory().get("/", **{"bank.arrived": arrived})
    )

    assert 0 < left[0] <= 1
    assert remaining() == math.inf


def test_a_refusal_after_an_ambiguous_commit_is_ambiguous(body: Body) -> None:
    before = outcomes.snapshot()

    def refused_at_the_second_run() -> None:
        if body() == 2:
            raise faults.conflict()

    with faults.at_commit(faults.lost, committed=True), pytest.raises(AmbiguousCommit):
        retry_transaction(idempotent=True, attempts=2)(refused_at_the_second_run)()

    after = outcomes.snapshot()
    assert (body.runs, after["ambiguous"] - before["ambiguous"]) == (2, 1)
    assert after["refused"] == before["refused"]


def test_it_waits_between_two_attempts(body: Body, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transactions, "backoff", lambda attempt: 0.2 * attempt)
    began = time.monotonic()

    with faults.at_commit(faults.conflict, times=2):
        retry_transaction(body)()

    assert time.monotonic() - began >= 0.6


def test_an_error_raised_while_handling_an_earlier_refusal_is_not_retried(body: Body) -> None:
    def work() -> None:
        body()
        raise ValueError("a defect of the body")

    def handle() -> None:
        try:
            raise faults.conflict()
        except OperationalError:
            retry_transaction(work)()

    with pytest.raises(ValueError, match="a defect of the body"):
        handle()

    assert (body.runs, names()) == (1, [])


def test_retries_end_at_the_deadline(body: Body) -> None:
    with faults.at_commit(faults.conflict, times=99), pytest.raises(RetriesExhausted):
        retry_transaction(deadline=0.5)(body)()

    assert 1 < body.runs < 30


def test_it_refuses_to_run_inside_another_transaction(body: Body) -> None:
    with transaction.atomic(), pytest.raises(NestedTransaction, match="ATOMIC_REQUESTS"):
        retry_transaction(body)()

    assert body.runs == 0


def test_nested_retried_transactions_are_refused(body: Body) -> None:
    with pytest.raises(NestedTransaction):
        retry_transaction(retry_transaction(body))()

    assert names() == []


def test_atomic_requests_fails_the_system_check(settings: Any) -> None:
    settings.DATABASES["default"]["ATOMIC_REQUESTS"] = True
    try:
        errors = run_checks()
    finally:
        settings.DATABASES["default"]["ATOMIC_REQUESTS"] = False

    assert "bank.E001" in [error.id for error in errors]


def test_it_decorates_methods_and_keeps_their_names() -> None:
    class View:
        @retry_transaction(attempts=2)
        def post(self, name: str) -> tuple[object, str]:
            """Create a customer."""
            return self, Customer.objects.create(name=name).name

    view = View()

    assert view.post("Dora") == (view, "Dora")
    assert (View.post.__name__, View.post.__doc__) == ("post", "Create a customer.")


def test_invalid_arguments_and_coroutines_are_refused_by_the_decorator() -> None:
    async def coroutine() -> None:
        await asyncio.sleep(0)

    with pytest.raises(TypeError, match="sync_to_async"):
        retry_transaction(coroutine)
    with pytest.raises(ValueError, match="at least one attempt"):
        retry_transaction(attempts=0)


def test_retries_are_counted_and_logged(body: Body, caplog: pytest.LogCaptureFixture) -> None:
    before = outcomes.snapshot()

    with faults.at_commit(faults.conflict, times=2), caplog.at_level(logging.INFO, "bank"):
        retry_transaction(body.__call__)()

    after = outcomes.snapshot()
    assert after["retried"] - before["retried"] == 2
    assert after["committed"] - before["committed"] == 1
    assert [record.args[:2] for record in caplog.records] == [
        ("Body.__call__", 1),
        ("Body.__call__", 2),
    ]


def test_the_backoff_grows_up_to_its_cap() -> None:
    longest = [max(backoff(attempt) for _ in range(300)) for attempt in (1, 3, 50)]

    assert longest[0] <= 0.01 < longest[1] <= 0.04 < longest[2] <= 0.5
    assert min(backoff(50) for _ in range(300)) < 0.05


@pytest.mark.django_db(transaction=False)
def test_it_works_in_a_test_case_whose_transaction_is_rolled_back(body: Body) -> None:
    assert retry_transaction(body)() == 1


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_every_call_that_writes_is_a_single_retried_transaction(method: str, kind: str) -> None:
    api = Api(Client())
    made, body = api.post(f"/{kind}/", api.body(kind)).json(), api.body(kind)
    before = outcomes.snapshot()

    with faults.at_commit(faults.conflict, times=2):
        if method == "post":
            response = api.post(f"/{kind}/", body)
        elif method == "put":
            response = api.put(f"/{kind}/{made['id']}/", body)
        else:
            response = api.delete(f"/{kind}/{made['id']}/")

    after = outcomes.snapshot()
    assert response.status_code == (204 if method == "delete" else 200)
    assert (after["retried"] - before["retried"], after["committed"] - before["committed"]) == (
        2,
        1,
    )


def test_a_transaction_that_its_deadline_has_ended_keeps_no_locks() -> None:
    pen = Product.objects.create(name="Pen", price=1)

    def slow() -> None:
        with deadline(time.monotonic() + 0.3):
            retry_transaction(too_late)()

    def too_late() -> None:
        Product.objects.filter(pk=pen.pk).update(price=2)
        time.sleep(0.4)
        Product.objects.filter(pk=pen.pk).update(price=3)

    outcome(slow)
    [other] = at_once(
        lambda price: outcome(lambda: Product.objects.filter(pk=pen.pk).update(price=price)),
        [5],
        threads=1,
    )

    assert (other, Product.objects.get().price) == (1, 5)
