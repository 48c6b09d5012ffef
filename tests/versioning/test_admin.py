"""/admin/: each session has its branch; branches, commits and change requests have pages."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.db import DatabaseError, connection, connections
from django.test import Client

from bank.models import Customer, Order, Product
from tests.admin_pages import PASSWORD, change, form_of, page, same_session, saved
from tests.api import Api
from tests.threads import at_once
from tests.versioning.changes import commit_to, conflicting_branches, names, rename
from tests.versioning.shop import product, sell
from tests.versioning.test_invariants import sold_without_tokens
from versioning.models import Branch, ChangeRequest, Commit
from versioning.router import SITE
from versioning.signatures import signed

BRANCHES = "/admin/versioning/branch/"
COMMITS = "/admin/versioning/commit/"
REQUESTS = "/admin/versioning/changerequest/"
HOSTILE = "<script>alert(1)</script>"


def user(name: str, *permissions: str, superuser: bool = False) -> Client:
    """Return a client in which new staff with these permissions have logged in."""
    new = User.objects.create_user(
        name, password=PASSWORD, is_staff=True, is_superuser=superuser, email=f"{name}@example.com"
    )
    new.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    browser = Client()
    assert browser.login(username=name, password=PASSWORD)
    return browser


def switch(browser: Client, name: str) -> None:
    assert saved(browser.post(f"{BRANCHES}switch/", {"name": name, "next": "/admin/"}))


def log(branch: str = "main") -> list[Commit]:
    """Return the commits of the branch, newest first."""
    return Commit.log(branch, 10**9)


# The branch of a session


def test_the_pages_are_of_the_branch_that_the_session_has_chosen(
    admin: Client, other: Branch
) -> None:
    commit_to("other", "Zach")

    switch(admin, "other")

    assert "Zach" in page(admin, "/admin/bank/customer/")
    switch(admin, "main")
    assert "Zach" not in page(admin, "/admin/bank/customer/")


def test_every_page_has_the_switcher_and_it_returns_there(admin: Client, other: Branch) -> None:
    for path in ("/admin/", "/admin/bank/customer/", "/admin/auth/user/add/", COMMITS, BRANCHES):
        html = page(admin, path)
        assert f'action="{BRANCHES}switch/"' in html
        assert f'<input type="hidden" name="next" value="{path}">' in html
        assert "<option selected>main</option>" in html
        assert "<option>other</option>" in html

    switched = admin.post(f"{BRANCHES}switch/", {"name": "other", "next": "/admin/bank/order/"})

    assert switched["Location"] == "/admin/bank/order/"
    assert "<option selected>other</option>" in page(admin, "/admin/")


def test_a_branch_is_switched_only_by_a_post_of_the_site_itself(
    admin: Client, other: Branch
) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = admin.cookies.copy()
    form = {"name": "other", "next": "https://example.com/"}

    assert strict.post(f"{BRANCHES}switch/", form).status_code == 403
    assert admin.get(f"{BRANCHES}switch/?name=other").status_code == 405
    assert "<option selected>main</option>" in page(admin, "/admin/")
    assert admin.post(f"{BRANCHES}switch/", form)["Location"] == "/admin/"


def test_a_form_that_was_opened_on_another_branch_is_refused(admin: Client, other: Branch) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = admin.cookies.copy()
    opened = form_of(strict, "/admin/bank/customer/add/")
    assert saved(strict.post(f"{BRANCHES}switch/", {**opened, "name": "other"}))

    refused = strict.post("/admin/bank/customer/add/", {**opened, "name": "Zach"})

    assert refused.status_code == 403
    assert (names(), names("other")) == ([], [])
    assert change(strict, "/admin/bank/customer/add/", name="Zach")
    assert (names(), names("other")) == ([], ["Zach"])


def test_the_switcher_is_not_shown_to_those_who_are_not_staff(client: Client) -> None:
    assert "Switch" not in page(client, "/admin/login/")
    assert client.post(f"{BRANCHES}switch/", {"name": "main"})["Location"].startswith(
        "/admin/login/"
    )


@pytest.mark.parametrize("name", ["nowhere", "", "-d", "a'b", HOSTILE, "\0", "HEAD", "customers"])
def test_an_unknown_branch_is_refused(admin: Client, name: str) -> None:
    response = admin.post(f"{BRANCHES}switch/", {"name": name})

    assert response.status_code == 404
    assert HOSTILE not in response.content.decode()
    assert "<option selected>main</option>" in page(admin, "/admin/")


@pytest.mark.parametrize("path", ["/admin/", "/admin/bank/customer/", COMMITS, "/admin/auth/user/"])
def test_a_deleted_branch_is_a_404_that_names_it_and_leads_back_to_main(
    admin: Client, other: Branch, path: str
) -> None:
    switch(admin, "other")
    other.delete()

    response = admin.get(path)

    assert response.status_code == 404
    assert "the branch other, which no longer exists" in response.content.decode()
    added = admin.post("/admin/bank/customer/add/", {"name": "Zach"})
    assert (added.status_code, names()) == (404, [])
    switch(admin, "main")
    assert page(admin, path)


def test_one_can_log_out_when_the_branch_was_deleted(admin: Client, other: Branch) -> None:
    switch(admin, "other")
    other.delete()

    assert admin.post("/admin/logout/").status_code == 200
    assert admin.get("/admin/").status_code == 302


# Changes are commits


def test_each_change_is_one_commit_of_the_user_on_the_branch(other: Branch) -> None:
    bob = user("bob", superuser=True)
    switch(bob, "other")
    before = len(log("other"))

    assert saved(bob.post("/admin/bank/customer/add/", {"name": "Zach"}))
    with signed("", "", branch="other"):
        path = f"/admin/bank/customer/{Customer.objects.get().pk}/"
    assert change(bob, f"{path}change/", name="Zack")
    assert saved(bob.post(f"{path}delete/", {"post": "yes"}))

    commits = log("other")
    assert [(c.committer, c.email, c.message) for c in commits[: len(commits) - before]] == [
        ("bob", "bob@example.com", f"POST {path}delete/"),
        ("bob", "bob@example.com", f"POST {path}change/"),
        ("bob", "bob@example.com", "POST /admin/bank/customer/add/"),
    ]
    assert (names(), names("other")) == ([], [])


def test_an_order_with_its_lines_and_the_stock_is_one_commit(admin: Client, other: Branch) -> None:
    with signed("Goods", "Ann <ann@example.com>", branch="other"):
        customer = Customer.objects.create(name="Ann")
        pen = Product.objects.create(name="Pen", price="1.20", stock=10)
    switch(admin, "other")
    before = len(log("other"))
    lines = {"lines-TOTAL_FORMS": 1, "lines-INITIAL_FORMS": 0}
    line = {"lines-0-product": pen.pk, "lines-0-quantity": 3}

    assert saved(admin.post("/admin/bank/order/add/", {"customer": customer.pk, **lines, **line}))

    assert len(log("other")) == before + 1
    with signed("", "", branch="other"):
        assert Product.objects.get().stock == 7


def test_a_form_that_is_refused_leaves_no_commit(admin: Client, other: Branch) -> None:
    switch(admin, "other")
    before = log("other")

    assert not saved(admin.post("/admin/bank/customer/add/", {"name": ""}))

    assert log("other") == before


def test_a_form_that_is_rolled_back_leaves_no_commit_and_no_row(
    admin: Client, other: Branch
) -> None:
    switch(admin, "other")
    before = log("other")

    def refuse(execute: Any, sql: str, *rest: Any) -> Any:
        result = execute(sql, *rest)
        if sql.startswith("INSERT"):
            raise DatabaseError("refused after the insertion")
        return result

    with connection.execute_wrapper(refuse), pytest.raises(DatabaseError):
        admin.post("/admin/bank/customer/add/", {"name": "Zach"})

    assert log("other") == before
    assert (names(), names("other")) == ([], [])


def test_two_users_on_two_branches_do_not_disturb_each_other(other: Branch) -> None:
    browsers = {"main": user("ann", superuser=True), "other": user("bob", superuser=True)}
    switch(browsers["other"], "other")
    before = {branch: len(log(branch)) for branch in browsers}

    def add(work: tuple[str, int]) -> bool:
        branch, number = work
        browser = same_session(browsers[branch])
        return saved(browser.post("/admin/bank/customer/add/", {"name": f"{branch} {number}"}))

    works = [(branch, number) for number in range(10) for branch in browsers]
    assert all(at_once(add, works, threads=4))

    for branch, author in (("main", "ann"), ("other", "bob")):
        assert names(branch) == sorted(f"{branch} {number}" for number in range(10))
        commits = log(branch)
        made = commits[: len(commits) - before[branch]]
        assert [commit.committer for commit in made] == 10 * [author]


# Branches


def test_branches_are_listed_with_their_distance_from_main(admin: Client, other: Branch) -> None:
    commit_to("other", "Zach")
    commit_to("other", "Yan")
    commit_to("main", "Daylon")

    html = page(admin, BRANCHES)

    row = html.split("<th>other</th>")[1].split("</tr>")[0]
    assert row.split("<td>")[1:4] == ["2</td>\n      ", "1</td>\n      ", "Yan</td>\n      "]


def test_a_branch_is_created_renamed_and_deleted(admin: Client) -> None:
    assert saved(admin.post(f"{BRANCHES}add/", {"name": "season/2027", "start": "main"}))
    assert saved(admin.post(f"{BRANCHES}rename/", {"name": "season/2027", "new": "winter"}))
    assert sorted(Branch.objects.values_list("name", flat=True)) == ["main", "winter"]
    question = page(admin, f"{BRANCHES}delete/?name=winter")
    assert "Delete the branch winter?" in question
    assert Branch.objects.count() == 2

    assert saved(admin.post(f"{BRANCHES}delete/", {"name": "winter"}))

    assert list(map(str, Branch.objects.all())) == ["main"]


def test_the_branch_of_the_session_can_be_renamed_and_deleted(admin: Client, other: Branch) -> None:
    switch(admin, "other")

    assert saved(admin.post(f"{BRANCHES}rename/", {"name": "other", "new": "winter"}))
    assert "<option selected>winter</option>" in page(admin, "/admin/bank/customer/")

    assert saved(admin.post(f"{BRANCHES}delete/", {"name": "winter"}))
    assert "You are on main now" in page(admin, "/admin/bank/customer/")


def test_commits_that_are_nowhere_else_are_lost_only_on_demand(
    admin: Client, other: Branch
) -> None:
    commit_to("other", "Zach")
    assert "It has 1 commit that main does not have" in page(admin, f"{BRANCHES}delete/?name=other")

    refused = admin.post(f"{BRANCHES}delete/", {"name": "other"})

    assert refused.status_code == 409
    assert Branch.objects.count() == 2
    assert saved(admin.post(f"{BRANCHES}delete/", {"name": "other", "force": "on"}))
    assert Branch.objects.count() == 1


@pytest.mark.parametrize(
    ("path", "form", "status"),
    [
        ("add/", {"name": "a b"}, 422),
        ("add/", {"name": HOSTILE}, 422),
        ("add/", {"name": "--force"}, 422),
        ("add/", {"name": "main"}, 409),
        ("add/", {"name": "new", "start": "nowhere"}, 404),
        ("add/", {"name": "new", "start": "-d"}, 404),
        ("rename/", {"name": "other", "new": "main"}, 409),
        ("rename/", {"name": "other", "new": HOSTILE}, 422),
        ("rename/", {"name": HOSTILE, "new": "x"}, 404),
        ("delete/", {"name": "main"}, 409),
        ("delete/", {"name": "-d"}, 404),
        ("delete/", {}, 404),
    ],
)
def test_what_is_not_possible_is_a_page_with_the_reason(
    admin: Client, other: Branch, path: str, form: dict[str, str], status: int
) -> None:
    response = admin.post(f"{BRANCHES}{path}", form)

    assert response.status_code == status
    assert HOSTILE not in response.content.decode()
    assert sorted(Branch.objects.values_list("name", flat=True)) == ["main", "other"]


def test_staff_may_look_but_change_nothing_without_a_permission(other: Branch) -> None:
    commit_to("other", "Zach")
    row = ChangeRequest(title="Zach", source="other", author="ann")
    row.open()
    eve = user("eve")
    for path in ("/admin/", BRANCHES, COMMITS, REQUESTS, f"{REQUESTS}{row.pk}/change/"):
        forms = set(re.findall('action="([^"]+)"', page(eve, path)))
        assert forms == {f"{BRANCHES}switch/", "/admin/logout/"}
    switch(eve, "other")

    for path in (
        *(f"{BRANCHES}{work}/" for work in ("add", "rename", "delete")),
        *(f"{REQUESTS}{row.pk}/{work}/" for work in ("review", "merge", "close")),
        f"{REQUESTS}add/",
    ):
        assert eve.post(path, {"name": "other", "new": "x"}).status_code == 403
    for path in (f"{COMMITS}diff/", f"{COMMITS}diff/?from=main&to=other"):
        assert eve.get(path).status_code == 403

    assert Branch.objects.count() == 2
    assert ChangeRequest.objects.get().state == "open"


@pytest.mark.parametrize(
    ("permission", "path", "form"),
    [
        ("add_branch", "add/", {"name": "new"}),
        ("change_branch", "rename/", {"name": "other", "new": "x"}),
        ("delete_branch", "delete/", {"name": "other"}),
    ],
)
def test_the_permission_of_the_model_suffices(
    other: Branch, permission: str, path: str, form: dict[str, str]
) -> None:
    assert saved(user("eve", permission).post(f"{BRANCHES}{path}", form))


# Commits


def test_the_log_shows_the_commits_of_the_branch(admin: Client, other: Branch) -> None:
    with signed(HOSTILE, f"{HOSTILE} <x@example.com>".replace("<s", "s", 1), branch="other"):
        Customer.objects.create(name="Zach")
    switch(admin, "other")

    html = page(admin, COMMITS)

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert HOSTILE not in html
    assert log("other")[0].pk in html
    switch(admin, "main")
    assert log("other")[0].pk not in page(admin, COMMITS)


def test_the_log_is_paged_and_newer_commits_do_not_move_it(admin: Client) -> None:
    for number in range(60):
        commit_to("main", f"Customer {number}")

    first = page(admin, COMMITS)
    older = first.split('class="paginator"><a href="')[1].split('"')[0].replace("&amp;", "&")
    commit_to("main", "Newer")
    second = page(admin, f"{COMMITS}{older}")

    assert ("<td>Customer 10</td>" in first, "<td>Customer 9</td>" in first) == (True, False)
    assert ("<td>Customer 10</td>" in second, "<td>Customer 9</td>" in second) == (False, True)


@pytest.mark.parametrize("query", ["head=nowhere", "head=-d", "skip=x"])
def test_an_invalid_address_of_a_log_is_refused(admin: Client, query: str) -> None:
    assert admin.get(f"{COMMITS}?{query}").status_code in (400, 404)


@pytest.mark.parametrize("kind", ["customer", "product"])
def test_an_object_has_a_page_with_its_versions(admin: Client, other: Branch, kind: str) -> None:
    switch(admin, "other")
    form = {"name": "Pen", "price": "1.20", "stock": ""}
    assert saved(admin.post(f"/admin/bank/{kind}/add/", form))
    with signed("", "", branch="other"):
        key = {"customer": Customer, "product": Product}[kind].objects.get().pk
    path = f"/admin/bank/{kind}/{key}/change/"
    assert change(admin, path, name=HOSTILE)
    link = f"{COMMITS}versions/{kind}/{key}/"
    assert f'<a href="{link}">Versions</a>' in page(admin, path)

    html = page(admin, link)

    assert html.index(
        f"<strong>{HOSTILE}</strong>".replace("<script>", "&lt;script&gt;").replace(
            "</script>", "&lt;/script&gt;"
        )
    ) < html.index("<strong>Pen</strong>")
    assert "<td>ada</td>" in html
    switch(admin, "main")
    assert admin.get(link).status_code == 404


def test_an_order_has_its_versions_too(admin: Client) -> None:
    with signed("Order", "Ann <ann@example.com>"):
        customer = Customer.objects.create(name="Ann")
        order = Order.objects.create(customer=customer, subtotal="1.20")
    link = f"{COMMITS}versions/order/{order.pk}/"

    assert f'<a href="{link}">Versions</a>' in page(admin, f"/admin/bank/order/{order.pk}/change/")
    assert "<strong>1.20</strong>" in page(admin, link)


def test_versions_need_the_permission_to_view_the_object(admin: Client) -> None:
    assert saved(admin.post("/admin/bank/customer/add/", {"name": "Zach"}))
    path = f"{COMMITS}versions/customer/{Customer.objects.get().pk}/"

    assert user("eve").get(path).status_code == 403
    assert page(user("bob", "view_customer"), path)
    for wrong in ("versions/customer/x/", "versions/user/1/", "versions/customer/0/"):
        assert admin.get(f"{COMMITS}{wrong}").status_code == 404


def test_the_diff_shows_what_a_branch_changed_with_labels_and_names(
    admin: Client, other: Branch
) -> None:
    with signed("Order", "Ann <ann@example.com>", branch="other"):
        customer = Customer.objects.create(name=HOSTILE)
        order = Order.objects.create(customer=customer, subtotal="1.20")
    commit_to("main", "Daylon")

    html = page(admin, f"{COMMITS}diff/?to=other")

    table = html.split('id="content"')[1]
    cells = re.findall("<td[^>]*>(.*?)</td>", table, re.DOTALL)
    escaped = "&lt;script&gt;alert(1)&lt;/script&gt;"
    assert cells == [
        *("added", "name", "", escaped),
        *("added", "customer", "", escaped, "subtotal", "", "1.20"),
    ]
    assert f">order {order.pk}</th>" in html
    assert f'href="{COMMITS}diff/?to=other"' in page(admin, BRANCHES)
    switch(admin, "other")
    assert escaped in page(admin, f"{COMMITS}diff/")


def test_the_diff_is_paged(admin: Client, other: Branch) -> None:
    with signed("Many", "Ann <ann@example.com>", branch="other"):
        Customer.objects.bulk_create(Customer(name=f"Customer {n:02}") for n in range(60))

    first = page(admin, f"{COMMITS}diff/?to=other")
    following = first.split('class="paginator"><a href="')[1].split('"')[0].replace("&amp;", "&")
    commit_to("other", "Later")
    second = page(admin, f"{COMMITS}diff/{following}")

    found = [re.findall(r"Customer \d\d", html) for html in (first, second)]
    assert [len(names) for names in found] == [50, 10]
    assert sorted(found[0] + found[1]) == [f"Customer {n:02}" for n in range(60)]
    assert "Later" not in second


@pytest.mark.parametrize(
    "query",
    ["to=nowhere", "from=nowhere", "to=-d", "to=%00", "after=x", "after=x:1", "after=customer:x"],
)
def test_an_invalid_address_of_a_diff_is_a_404(admin: Client, query: str) -> None:
    assert admin.get(f"{COMMITS}diff/?{query}").status_code == 404


# Change requests


def test_a_change_request_is_opened_reviewed_and_merged(other: Branch) -> None:
    commit_to("other", "Zach")
    commit_to("main", "Daylon")
    ann, bob = user("ann", superuser=True), user("bob", superuser=True)
    form = form_of(ann, f"{REQUESTS}add/?source=other")
    opened = ann.post(f"{REQUESTS}add/", {**form, "title": HOSTILE, "description": HOSTILE})
    assert saved(opened)
    path = opened["Location"].removesuffix("change/")
    assert "more approvals" in page(bob, f"{path}change/")
    assert ann.post(f"{path}merge/").status_code == 409

    review = form_of(bob, f"{path}change/")
    assert saved(bob.post(f"{path}review/", {**review, "decision": "approve", "text": HOSTILE}))
    assert HOSTILE not in page(ann, f"{path}change/") + page(ann, REQUESTS)
    assert saved(ann.post(f"{path}merge/", {"message": "Zach is in"}))

    assert names() == ["Daylon", "Zach"]
    newest = log()[0]
    assert newest.message == "Zach is in"
    assert ChangeRequest.objects.get().state == "merged"
    assert newest.pk in page(ann, f"{path}change/")


def test_conflicts_are_shown_and_resolved_on_a_page(admin: Client, main: Branch) -> None:
    with signed("Goods", "Ann <ann@example.com>"):
        pen = Product.objects.create(name="Pen", price="1.00", stock=10)
    Branch(name="season", hash="main").save()
    for branch, name, price in (("season", HOSTILE, "3.00"), ("main", "Biro", "2.50")):
        with signed(branch, "Ann <ann@example.com>", branch=branch):
            Product.objects.update(name=name, price=price)
    row = ChangeRequest(title="Season", source="season", author="ann")
    row.open()
    row.review("bob", "approve")
    path = f"{REQUESTS}{row.pk}/merge/"

    conflicts = admin.post(path, {"message": "Season"})

    html = conflicts.content.decode()
    name, price = f"take:product:{pen.pk}:name", f"take:product:{pen.pk}:price"
    assert conflicts.status_code == 409
    assert f'name="{name}"' in html and f'name="{price}"' in html
    assert "<td>1.00</td>" in html and "<td>2.50</td>" in html and "<td>3.00</td>" in html
    assert (HOSTILE in html, html.count("add both changes")) == (False, 1)
    assert ChangeRequest.objects.get().state == "open"

    rest = admin.post(path, {"message": "Season", name: "ours"})
    html = rest.content.decode()
    assert rest.status_code == 409
    assert f'<input type="hidden" name="{name}" value="ours">' in html
    assert f'name="{price}"' in html
    assert saved(admin.post(path, {"message": "Season", name: "ours", price: "sum"}))

    pen.refresh_from_db()
    assert (pen.name, pen.price) == ("Biro", Decimal("4.50"))
    assert log()[0].message == "Season"


def test_a_hundred_conflicts_are_shown_and_the_page_that_decides_the_others(
    admin: Client, main: Branch
) -> None:
    with signed("Guests", "Ann <ann@example.com>"):
        Customer.objects.bulk_create(Customer(name="Ann") for _ in range(101))
    Branch(name="season", hash="main").save()
    for branch in ("season", "main"):
        with signed(branch, "Ann <ann@example.com>", branch=branch):
            Customer.objects.update(name=branch)
    row = ChangeRequest(title="Season", source="season", author="ann")
    row.open()
    row.review("bob", "approve")

    conflicts = admin.post(f"{REQUESTS}{row.pk}/merge/").content.decode()

    assert conflicts.count('name="take:') == 100
    assert "the first 100 of 101 conflicts" in conflicts
    assert f'href="/shop/requests/{row.pk}/"' in conflicts


def test_no_more_broken_rules_than_conflicts_are_shown(
    admin: Client, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("versioning.administration.conflicts.MOST", 2)
    api.customer("Ann")
    pen = api.product("Pen", "1.00", stock=20)
    Branch(name="season", hash="main").save()
    api.delete(f"/product/{pen['id']}/", **{"Dolt-Branch": "season"})
    for _ in range(3):
        sell(api, pen, 1)
    row = ChangeRequest(title="Season", source="season", author="ann")
    row.open()
    row.review("bob", "approve")

    refused = admin.post(f"{REQUESTS}{row.pk}/merge/", {f"take:product:{pen['id']}:": "theirs"})

    assert refused.status_code == 409
    assert refused.content.decode().count("It would break the rule foreign key") == 2
    assert product(api, pen)["stock"] == 17


def test_an_invariant_that_the_merge_would_break_is_decided_by_a_number(
    admin: Client, api: Api
) -> None:
    [pen] = sold_without_tokens(api)
    row = ChangeRequest(title="Season", source="season", author="ann")
    row.open()
    row.review("bob", "approve")
    path, place = f"{REQUESTS}{row.pk}/merge/", f"product:{pen['id']}:stock"

    html = admin.post(path).content.decode()

    assert "It would be 8, and should be 7." in html
    assert f'name="take:{place}"' in html and "add both" not in html
    assert admin.post(path, {f"value:{place}": "x"}).status_code in (409, 422)
    assert saved(admin.post(path, {f"value:{place}": "7"}))
    assert api.stock(pen) == 7


@pytest.mark.parametrize(
    ("name", "take"),
    [
        ("customer:1:name", "all"),
        ("customer:x:name", "ours"),
        ("user:1:name", "ours"),
        ("customer:1:' --", "ours"),
        ("customer", "ours"),
        (HOSTILE, HOSTILE),
    ],
)
def test_an_invalid_resolution_is_refused(
    admin: Client, other: Branch, name: str, take: str
) -> None:
    commit_to("other", "Zach")
    row = ChangeRequest(title="Zach", source="other", author="ann")
    row.open()
    row.review("bob", "approve")

    response = admin.post(f"{REQUESTS}{row.pk}/merge/", {f"take:{name}": take})

    assert response.status_code in (409, 422)
    assert HOSTILE not in response.content.decode()
    assert names() == []


def test_a_branch_can_be_chosen_on_the_page_of_branches_too(admin: Client, other: Branch) -> None:
    html = page(admin, BRANCHES)
    forms = re.findall(r'action="([^"]*/switch/)".*?name="name" value="([^"]*)"', html, re.DOTALL)

    assert saved(admin.post(forms[1][0], {"name": forms[1][1]}))

    assert [name for _, name in forms] == ["main", "other"]
    assert admin.session["dolt-branch"] == "other"


@pytest.fixture
def conflicting(main: Branch) -> ChangeRequest:
    """Return an approved request whose branch renamed a customer, as main did too."""
    conflicting_branches()
    row = ChangeRequest(title="Karl", source="third", author="ann")
    row.open()
    row.review("bob", "approve")
    return row


def test_a_decision_on_a_page_that_is_outdated_is_refused(
    admin: Client, conflicting: ChangeRequest
) -> None:
    path = f"{REQUESTS}{conflicting.pk}/merge/"
    place = f"customer:{Customer.objects.get().pk}:name"
    shown = hidden(admin.post(path), "heads")
    rename("main", "Newer")

    outdated = admin.post(path, {"heads": shown, f"take:{place}": "theirs"})
    now = hidden(admin.post(path), "heads")

    assert (outdated.status_code, names()) == (409, ["Newer"])
    assert saved(admin.post(path, {"heads": now, f"take:{place}": "theirs"}))
    assert names() == ["Karl"]


def hidden(response: Any, name: str) -> str:
    """Return the value of this hidden input."""
    found = re.search(f'type="hidden" name="{name}" value="([^"]+)"', response.content.decode())
    assert found
    return found[1]


def test_conflicts_show_values_only_to_those_who_may_view_them(conflicting: ChangeRequest) -> None:
    path = f"{REQUESTS}{conflicting.pk}/merge/"

    refused = user("eve", "merge_changerequest").post(path)
    shown = user("dan", "merge_changerequest", "view_customer").post(path)

    assert (refused.status_code, shown.status_code) == (403, 409)
    assert "Charles" not in refused.content.decode()
    assert "Charles" in shown.content.decode()


def test_deciding_a_conflict_needs_the_permission_to_change_the_object(
    conflicting: ChangeRequest,
) -> None:
    path = f"{REQUESTS}{conflicting.pk}/merge/"
    form = {f"value:customer:{Customer.objects.get().pk}:name": "Eve's"}

    refused = user("eve", "merge_changerequest", "view_customer").post(path, form)

    assert (refused.status_code, names()) == (403, ["Charles"])
    assert saved(user("dan", "merge_changerequest", "change_customer").post(path, form))
    assert names() == ["Eve's"]


def test_the_author_cannot_approve(admin: Client, other: Branch) -> None:
    commit_to("other", "Zach")
    row = ChangeRequest(title="Zach", source="other", author="ada")
    row.open()

    form = form_of(admin, f"{REQUESTS}{row.pk}/change/")
    response = admin.post(f"{REQUESTS}{row.pk}/review/", {**form, "decision": "approve"})

    assert response.status_code == 409
    assert not row.reviews.exists()


def test_a_commit_that_the_page_did_not_show_is_not_approved(admin: Client, other: Branch) -> None:
    commit_to("other", "Zach")
    row = ChangeRequest(title="Zach", source="other", author="ann")
    row.open()
    form = form_of(admin, f"{REQUESTS}{row.pk}/change/")
    commit_to("other", "Yan")

    response = admin.post(f"{REQUESTS}{row.pk}/review/", {**form, "decision": "approve"})

    assert response.status_code == 409
    assert not row.reviews.exists()


def test_an_invalid_change_request_shows_the_form_again(admin: Client, other: Branch) -> None:
    for form in ({"title": "x", "source": "other"}, {"title": "x", "source": HOSTILE}, {}):
        response = admin.post(f"{REQUESTS}add/", {"target": "main", **form})
        assert not saved(response)
        assert HOSTILE not in response.content.decode()
        assert "errorlist" in response.content.decode()

    assert not ChangeRequest.objects.exists()


def test_a_closed_change_request_stays_in_the_list(admin: Client, other: Branch) -> None:
    commit_to("other", "Zach")
    row = ChangeRequest(title="Zach", source="other", author="ann")
    row.open()

    assert saved(admin.post(f"{REQUESTS}{row.pk}/close/"))

    assert "Zach" in page(admin, f"{REQUESTS}?state__exact=closed")
    assert "Close without a merge" not in page(admin, f"{REQUESTS}{row.pk}/change/")


def test_change_requests_can_be_reached_when_the_branch_of_the_session_was_deleted(
    admin: Client, other: Branch
) -> None:
    commit_to("other", "Zach")
    row = ChangeRequest(title="Zach", source="other", author="ann")
    row.open()
    switch(admin, "other")
    other.delete(force=True)

    assert "Zach" in page(admin, REQUESTS)
    assert saved(admin.post(f"{REQUESTS}{row.pk}/close/"))
    assert ChangeRequest.objects.get().state == "closed"


@pytest.mark.parametrize(
    ("permission", "work", "form"),
    [
        ("add_review", "review", {"decision": "comment", "text": "Fine"}),
        ("merge_changerequest", "merge", {}),
        ("change_changerequest", "close", {}),
    ],
)
def test_each_work_on_a_change_request_needs_its_own_permission(
    other: Branch, permission: str, work: str, form: dict[str, str]
) -> None:
    form |= {"commit": commit_to("other", "Zach")} if work == "review" else {}
    commit_to("other", "Yan") if work != "review" else None
    row = ChangeRequest(title="Zach", source="other", author="ann")
    row.open()
    row.review("bob", "approve")
    path = f"{REQUESTS}{row.pk}/{work}/"
    others = {"add_review", "merge_changerequest", "change_changerequest"} - {permission}

    refused = user("eve", *others).post(path, form)

    assert refused.status_code == 403
    assert saved(user("dan", permission).post(path, form))


def test_the_versions_of_a_product_show_no_token(admin: Client) -> None:
    with signed("Goods", "Ann <ann@example.com>"):
        pen = Product.objects.create(name="Pen", price="1.20", stock=10)

    html = page(admin, f"{COMMITS}versions/product/{pen.pk}/")

    assert pen.stock_token and str(pen.stock_token) not in html
    assert "token" not in html.split('id="content"')[1]


def test_the_list_records_a_merge_that_was_killed_before_its_record(
    admin: Client, other: Branch
) -> None:
    head = commit_to("other", "Zach")
    row = ChangeRequest(title="Zach", source="other", author="ann")
    row.open()
    ChangeRequest.objects.update(merging=head)
    other.merge()  # as the process that was killed did

    assert "No change requests" not in page(admin, f"{REQUESTS}?state__exact=merged")

    assert ChangeRequest.objects.get().state == "merged"


def test_users_that_could_not_be_deleted_are_not_logged_as_deleted(admin: Client) -> None:
    user("eve")
    before = LogEntry.objects.count()

    def refuse(execute: Any, sql: str, *rest: Any) -> Any:
        if sql.startswith("DELETE") and '"auth_user"' in sql.replace("`", '"'):
            raise DatabaseError("refused")
        return execute(sql, *rest)

    eve = User.objects.get(username="eve")
    form = {"action": "delete_selected", "_selected_action": eve.pk, "post": "yes"}
    with connections[SITE].execute_wrapper(refuse), pytest.raises(DatabaseError):
        admin.post("/admin/auth/user/", form)

    assert (User.objects.count(), LogEntry.objects.count()) == (2, before)
    assert saved(admin.post("/admin/auth/user/", form))
    assert (User.objects.count(), LogEntry.objects.count()) == (1, before + 1)
