"""The branch of a request, and the commit that it reads or makes."""

from __future__ import annotations

import socket
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection, transaction
from django.test import Client
from pytest_django import Settings

from bank.api import idempotency_records
from bank.models import Customer, Product
from bank.transactions import retry_transaction
from tests import faults
from tests.api import Api, problem
from tests.guarantees.cells import Observe
from tests.serving import Server
from tests.threads import at_once
from versioning.models import Branch, Commit, Status
from versioning.signatures import signed


@pytest.fixture
def api(client: Client) -> Api:
    return Api(client)


def log(number: int = 1) -> list[Commit]:
    return list(Commit.objects.all()[:number])


def test_a_request_reads_and_writes_the_branch_of_its_header(api: Api, other: Branch) -> None:
    ann = api.post("/customer/", {"name": "Ann"}, **{"Dolt-Branch": "other"})
    path = f"/customer/{ann.json()['id']}/"

    there = api.get(path, **{"Dolt-Branch": "other"})
    here = api.get(path)

    assert (there.status_code, there.json()["name"]) == (200, "Ann")
    assert there["Dolt-Branch"] == ann["Dolt-Branch"] == "other"
    assert here.status_code == 404
    assert here["Dolt-Branch"] == "main"
    assert api.list("/customer/") == []
    assert api.list("/customer/?branch=other") == [ann.json()]


def test_each_request_that_writes_is_one_commit_of_its_client(api: Api, settings: Settings) -> None:
    settings.API_TOKENS = {"secret": "shop"}
    before = Commit.objects.count()

    response = api.post(
        "/customer/", {"name": "Ann"}, Authorization="Bearer secret", **{"Idempotency-Key": "k1"}
    )

    [commit] = log()
    assert Commit.objects.count() == before + 1
    assert response["Dolt-Commit"] == commit.pk
    assert commit.committer == "shop"
    assert commit.message == "POST /customer/\n\nIdempotency-Key: k1"
    assert not Status.objects.exists()


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ("Prices of the season", "Prices of the season"),
        ("'; DROP TABLE customers; --", "'; DROP TABLE customers; --"),
        ("--amend", "--amend"),
        ("%s %(x)s", "%s %(x)s"),
        ("x" * 3000, "x" * 2000),
    ],
)
def test_the_message_of_a_commit_may_be_given(api: Api, sent: str, message: str) -> None:
    api.post("/customer/", {"name": "Ann"}, **{"Dolt-Message": sent})

    assert [commit.message for commit in log()] == [message]
    assert api.list("/customer/")[0]["name"] == "Ann"


@pytest.mark.parametrize("sent", ["", " ", "Größe"])
def test_a_message_that_cannot_be_kept_is_refused(api: Api, sent: str) -> None:
    before = Commit.objects.count()

    assert problem(api.post("/customer/", {"name": "Ann"}, **{"Dolt-Message": sent}), 422)

    assert (api.list("/customer/"), Commit.objects.count()) == ([], before)


def test_a_branch_that_is_present_but_empty_is_not_the_main_one(api: Api) -> None:
    answers = [
        api.post("/customer/", {"name": "Eve"}, **{"Dolt-Branch": ""}),
        api.post("/customer/?branch=", {"name": "Eve"}),
    ]

    assert [problem(answer, 404)["status"] for answer in answers] == [404, 404]
    assert api.list("/customer/") == []


def test_a_branch_whose_name_is_not_ascii_is_a_404_over_http(server: Server) -> None:
    server.start("--no-demo")
    head = "POST /customer/ HTTP/1.1", "Host: localhost", "Connection: close", "Content-Length: 14"

    for name in ("mäin", "main\u00a0", "ma\u00adin"):
        request = "\r\n".join([*head, f"Dolt-Branch: {name}", "", '{"name":"Eve"}'])
        with socket.create_connection(("127.0.0.1", server.port)) as client:
            client.sendall(request.encode())
            assert client.makefile("rb").readline().startswith(b"HTTP/1.1 404")

    assert server.call("GET", "/customer/") == []


@pytest.mark.parametrize("name", ["Eve <eve@example.com>", "--date=2001-01-01", "a\nb", "", "ä"])
def test_the_name_of_a_client_is_only_a_name(api: Api, settings: Settings, name: str) -> None:
    settings.API_TOKENS = {"secret": name or "x"}

    response = api.post("/customer/", {"name": "Ann"}, Authorization="Bearer secret")

    assert response.status_code == 200
    assert log()[0].email == "bank@localhost"


def test_a_refused_request_leaves_no_commit(api: Api) -> None:
    customer, pen = api.customer(), api.product(stock=1)
    before = Commit.objects.count()

    refused = api.post("/order/", {"customer": customer, "products": [{**pen, "quantity": 2}]})

    assert refused.status_code == 409
    assert Commit.objects.count() == before
    assert refused["Dolt-Commit"] == log()[0].pk
    assert not Status.objects.exists()


@pytest.mark.parametrize(
    "name",
    ["nowhere", "customers", "-d", "--abort", "main~1", "HEAD", "' OR 1=1 --", "a`b", "%s", "ä"],
)
@pytest.mark.parametrize("method", ["get", "post", "put", "delete"])
def test_an_unknown_branch_is_a_404_and_nothing_is_read_or_written(
    api: Api, name: str, method: str
) -> None:
    ann = api.customer("Ann")
    body = () if method in ("get", "delete") else ({"name": "Eve"},)
    path = "/customer/" if method == "post" else f"/customer/{ann['id']}/"
    sent = name.encode().decode("latin-1")

    response = getattr(api, method)(path, *body, **{"Dolt-Branch": sent})

    assert "no such branch" in problem(response, 404)["detail"]
    assert api.list("/customer/") == [ann]


def test_the_hash_of_a_commit_is_no_branch(api: Api) -> None:
    api.customer("Ann")

    response = api.get("/customer/", **{"Dolt-Branch": log()[0].pk})

    assert response.status_code == 404


def test_without_a_token_nobody_learns_which_branches_exist(
    api: Api, other: Branch, settings: Settings
) -> None:
    settings.API_TOKENS = {"secret": "shop"}

    answers = [api.get("/customer/", **{"Dolt-Branch": name}) for name in ("other", "nowhere")]

    assert [answer.status_code for answer in answers] == [401, 401]
    assert not any("Dolt-Branch" in answer for answer in answers)


def test_a_branch_that_was_used_by_requests_can_be_deleted(api: Api, other: Branch) -> None:
    api.post("/customer/", {"name": "Ann"}, **{"Dolt-Branch": "other"})

    other.delete(force=True)

    assert problem(api.get("/customer/", **{"Dolt-Branch": "other"}), 404)
    assert api.list("/customer/") == []


@pytest.mark.feature("version control", "the deletion of a branch during a write")
def test_a_branch_that_is_deleted_during_a_transaction_is_a_404(
    api: Api, other: Branch, observe: Observe
) -> None:
    def delete_branch(_: int) -> None:
        other.delete(force=True)

    class Deleting:
        def __call__(self, execute: Any, sql: str, *rest: Any) -> Any:
            if sql.startswith("INSERT") and Branch.objects.filter(name="other").exists():
                at_once(delete_branch, [0], threads=1)
            return execute(sql, *rest)

    with connection.execute_wrapper(Deleting()):
        response = api.post("/customer/", {"name": "Ann"}, **{"Dolt-Branch": "other"})

    assert problem(response, 404)
    assert api.list("/customer/") == []
    observe("yes")


def test_the_branch_of_a_request_is_not_that_of_the_next_one(api: Api, other: Branch) -> None:
    for _ in range(3):
        api.post("/customer/", {"name": "Ann"}, **{"Dolt-Branch": "other"})
        api.post("/customer/", {"name": "Bob"})

    assert Customer.objects.count() == 3
    assert set(Customer.objects.values_list("name", flat=True)) == {"Bob"}


def test_a_retry_with_a_new_connection_is_on_the_branch_of_the_request(other: Branch) -> None:
    attempts = []

    @retry_transaction
    def add() -> None:
        attempts.append(Branch.active_branch().name)
        Customer.objects.create(name="Ann")
        if len(attempts) == 1:
            connection.close()
            raise faults.lost()

    with signed("Ann", "Bob <bob@example.com>", branch="other"):
        add()

    assert not Customer.objects.exists()
    assert attempts == ["other", "other"]
    other.checkout()
    assert Customer.objects.get().name == "Ann"


def test_a_transaction_is_committed_after_its_branch_could_not_be_checked_out_twice(
    other: Branch,
) -> None:
    checkout, refusals = connection._check_out, iter([faults.conflict(), faults.conflict()])

    def refused_twice() -> None:
        for refusal in refusals:
            raise refusal
        checkout()

    connection.close()
    with (
        patch.object(connection, "_check_out", refused_twice),
        signed("Ann", "Bob <bob@example.com>", branch="other") as engine,
    ):
        retry_transaction(lambda: Customer.objects.create(name="Ann"))()
        made = engine.made_commit

    assert made == Branch.objects.get(name="other").hash
    assert [row.message for row in Commit.log(made, 1)] == ["Ann"]


class Overtaken:
    """A cursor before whose checkout of a branch another session deletes the branch."""

    def __init__(self, cursor: Any) -> None:
        self.cursor = cursor

    def __getattr__(self, name: str) -> Any:
        return getattr(self.cursor, name)

    def execute(self, sql: str, parameters: Any = None) -> Any:
        if "dolt_checkout" in sql and parameters != ["main"]:
            gone = Branch(name=parameters[0])
            at_once(lambda _: gone.delete(force=True), [0], threads=1)
        return self.cursor.execute(sql, parameters)


def test_a_branch_is_not_mistaken_for_the_table_of_its_name(api: Api, main: Branch) -> None:
    with connection.cursor() as cursor:  # a name that Branch.save() refuses
        cursor.execute(f"{connection.verb} dolt_branch('order_lines')")
    cursors = connection.create_cursor

    with patch.object(connection, "create_cursor", lambda name=None: Overtaken(cursors())):
        response = Client().post(
            "/customer/",
            {"name": "Eve"},
            "application/json",
            headers={"Dolt-Branch": "order_lines"},
        )

    assert problem(response, 404)
    assert api.list("/customer/") == []
    assert Branch.objects.get(name="main") == main


def test_an_inner_block_that_fails_is_undone_on_a_branch(other: Branch) -> None:
    with signed("Ann", "Bob <bob@example.com>", branch="other"), transaction.atomic():
        Customer.objects.create(name="Ann")
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            Customer.objects.create(name="Eve")
            raise ZeroDivisionError

    other.checkout()
    assert Customer.objects.get().name == "Ann"


def test_bulk_operations_and_raw_sql_are_committed_too() -> None:
    before = Commit.objects.count()

    Customer.objects.bulk_create([Customer(name="Ann"), Customer(name="Bob")])
    Customer.objects.filter(name="Bob").update(name="Carl")
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO customers (name) VALUES (%s)", ["Dora"])

    assert not Status.objects.exists()
    assert Commit.objects.count() == before + 3


def test_rolled_back_work_leaves_no_commit(main: Branch) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        Customer.objects.create(name="Ann")
        raise ZeroDivisionError

    assert Commit.latest().pk == main.hash
    assert not Status.objects.exists()


def test_a_key_on_another_branch_is_another_request(api: Api) -> None:
    key = {"Idempotency-Key": "k1"}
    first = api.post("/customer/", {"name": "Ann"}, **key)
    Branch(name="later").save()

    again = api.post("/customer/", {"name": "Ann"}, **key)
    there = api.post("/customer/", {"name": "Ann"}, **key, **{"Dolt-Branch": "later"})
    there_again = api.post("/customer/", {"name": "Ann"}, **key, **{"Dolt-Branch": "later"})
    Branch.objects.get(name="later").merge()
    merged = api.post("/customer/", {"name": "Ann"}, **key)

    assert first.json() == again.json() == merged.json()
    assert there.json() == there_again.json() != first.json()
    assert len(api.list("/customer/")) == 2


def test_users_and_sessions_are_on_no_branch(admin: Client, other: Branch) -> None:
    admin.post("/admin/bank/customer/add/", {"name": "Ann"})

    other.checkout()

    assert admin.get("/admin/bank/customer/").status_code == 200
    assert not any("session" in str(row) or "auth" in str(row) for row in Status.objects.all())


def test_a_page_that_has_not_changed_is_not_sent_again(api: Api, other: Branch) -> None:
    api.customer("Ann")
    first = api.get("/customer/")

    known = api.get("/customer/", **{"If-None-Match": first["ETag"]})
    api.product()
    still = api.get("/customer/", **{"If-None-Match": first["ETag"]})
    api.customer("Bob")
    changed = api.get("/customer/", **{"If-None-Match": first["ETag"]})
    elsewhere = api.get("/customer/", **{"Dolt-Branch": "other", "If-None-Match": first["ETag"]})

    assert [r.status_code for r in (known, still, changed, elsewhere)] == [304, 304, 200, 200]
    assert known.content == b""


def test_a_link_to_the_next_page_stays_on_the_branch(api: Api, other: Branch) -> None:
    for name in ("Ann", "Bob"):
        api.post("/customer/?branch=other", {"name": name})

    first = api.get("/customer/?limit=1&branch=other")
    link = first["Link"].split(">")[0][1:]

    assert [row["name"] for row in api.list(link)] == ["Bob"]


def test_products_are_read_and_written_on_a_branch_by_compiled_queries(
    api: Api, other: Branch
) -> None:
    customer, pen = api.customer(), api.product(stock=10)
    Branch(name="season", hash=Commit.latest().pk).save()

    order = {"customer": customer, "products": [{**pen, "quantity": 4}]}
    api.post("/order/", order, **{"Dolt-Branch": "season"})
    api.post("/order/", {**order, "products": [{**pen, "quantity": 1}]})

    assert Product.objects.get().stock == 9
    assert api.get(f"/product/{pen['id']}/?branch=season").json()["stock"] == 6


def test_dolt_commit_is_that_of_the_row_also_if_old_answers_are_deleted_after_it(
    api: Api, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    monkeypatch.setattr(idempotency_records, "EVERY", 1)
    settings.IDEMPOTENCY_KEY_LIFETIME = timedelta(0)
    api.post("/customer/", {"name": "Ann"}, **{"Idempotency-Key": "k1"})

    bob = api.post("/customer/", {"name": "Bob"}, **{"Idempotency-Key": "k2"})

    [version] = api.list(f"/customer/{bob.json()['id']}/history/")[:1]
    assert bob["Dolt-Commit"] == version["hash"]


@pytest.mark.parametrize("word", ["DELETE", "delete"])
def test_a_deletion_by_raw_sql_is_a_commit(api: Api, word: str) -> None:
    api.customer("Ann")
    before = Commit.objects.count()

    with connection.cursor() as cursor:
        cursor.execute(f"{word} FROM customers")  # noqa: S608

    assert not Status.objects.exists()
    assert Commit.objects.count() == before + 1


def test_a_cache_keeps_the_answers_of_each_branch_apart(api: Api, other: Branch) -> None:
    ann = api.customer("Ann")

    for path in ("/customer/", f"/customer/{ann['id']}/"):
        assert "Dolt-Branch" in api.get(path)["Vary"]


def test_a_page_of_orders_changes_with_the_names_of_its_customers(api: Api) -> None:
    customer = api.customer("Ann")
    api.order(customer, api.product())
    first, before = api.get("/order/"), log()[0].pk
    api.put(f"/customer/{customer['id']}/", {"name": "Anna"})

    now = api.get("/order/", **{"If-None-Match": first["ETag"]})
    then = api.list(f"/order/?as_of={before}")

    assert (now.status_code, now.json()[0]["customer"]["name"]) == (200, "Anna")
    assert then[0]["customer"]["name"] == "Ann"


def test_the_header_wins_over_the_parameter(api: Api, other: Branch) -> None:
    api.post("/customer/?branch=main", {"name": "Ann"}, **{"Dolt-Branch": "other"})

    assert api.list("/customer/") == []
    assert [row["name"] for row in api.list("/customer/?branch=other")] == ["Ann"]


def test_a_login_and_its_session_are_in_no_commit(main: Branch, admin: Client) -> None:
    admin.post("/admin/logout/")

    assert Commit.latest().pk == main.hash
