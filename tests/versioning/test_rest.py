"""/dolt/branches, /dolt/commits and /dolt/tags."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection, connections
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.api import Api, problem
from tests.faults import lost
from tests.threads import at_once
from tests.versioning.test_time import restore
from versioning.models import Branch, Commit
from versioning.router import SITE

HOSTILE = [
    "-d", "--force", "main..other", "main~1", "a b", "a'b", "a`b", "a;b", "<b>", "%s", "x\0",
    "HEAD", "../x", "ä", "n" * 101, "x" * 100_000, "", " ",
]  # fmt: skip


@pytest.fixture
def api(client: Client) -> Api:
    return Api(client)


def patch(api: Api, path: str, body: object) -> HttpResponse:
    return api.client.patch(path, json.dumps(body), "application/json")


def test_a_branch_is_created_at_a_revision_and_listed_with_its_distance(api: Api) -> None:
    ann = api.post("/customer/", {"name": "Ann"})
    api.customer("Bob")

    created = api.post("/dolt/branches", {"name": "season/2027", "from": ann["Dolt-Commit"]})
    for name in ("Carl", "Dora"):
        api.post("/customer/", {"name": name}, **{"Dolt-Branch": "season/2027"})
    listed = api.list("/dolt/branches")
    # Not api.get(): it reads two branches by name, this one and main.
    alone = api.client.get("/dolt/branches/season/2027").json()

    assert (created.status_code, created.json()) == (
        200,
        {"name": "season/2027", "hash": ann["Dolt-Commit"], "ahead": 0, "behind": 1},
    )
    assert [(b["name"], b["ahead"], b["behind"]) for b in listed] == [
        ("main", 0, 0),
        ("season/2027", 2, 1),
    ]
    assert listed[1]["hash"] == Branch.objects.get(name="season/2027").hash
    assert alone == listed[1]


def test_many_branches_are_listed_in_pages(api: Api) -> None:
    for number in range(5):
        api.post("/dolt/branches", {"name": f"season-{number}"})

    pages, path = [], "/dolt/branches?limit=2"
    while path:
        response = api.get(path)
        pages.append([branch["name"] for branch in response.json()])
        path = response.get("Link", "").partition(">")[0].lstrip("<")

    assert pages == [["main", "season-0"], ["season-1", "season-2"], ["season-3", "season-4"]]


def test_commits_of_a_merged_branch_are_neither_ahead_nor_behind(api: Api, other: Branch) -> None:
    api.post("/customer/", {"name": "Ann"}, **{"Dolt-Branch": "other"})
    api.customer("Bob")
    api.client.post("/dolt/merge", {"from": "other"}, "application/json")
    api.post("/customer/", {"name": "Carl"}, **{"Dolt-Branch": "other"})

    distances = {b["name"]: (b["ahead"], b["behind"]) for b in api.list("/dolt/branches")}

    assert distances == {"main": (0, 0), "other": (1, 2)}  # behind: Bob's, and the merge


@pytest.mark.parametrize("path", ["branches", "commits", "diff?to=main", "requests", "tags"])
def test_a_database_that_does_not_answer_is_a_503(api: Api, path: str) -> None:
    def fail(*statement: Any) -> Any:
        raise lost()

    with connection.execute_wrapper(fail), connections[SITE].execute_wrapper(fail):
        response = api.get(f"/dolt/{path}")

    assert "does not answer" in problem(response, 503)["detail"]


def test_a_branch_begins_at_main_if_nothing_else_is_said(api: Api, main: Branch) -> None:
    assert api.post("/dolt/branches", {"name": "new"}).json()["hash"] == main.hash


def test_a_branch_is_renamed(api: Api, other: Branch) -> None:
    response = patch(api, "/dolt/branches/other", {"name": "another/one"})

    assert response.json()["name"] == "another/one"
    assert [b["name"] for b in api.list("/dolt/branches")] == ["another/one", "main"]


def test_a_branch_with_commits_of_its_own_is_deleted_only_by_force(api: Api) -> None:
    api.post("/dolt/branches", {"name": "season/2027"})
    api.post("/customer/", {"name": "Ann"}, **{"Dolt-Branch": "season/2027"})

    refused = api.delete("/dolt/branches/season/2027")
    kept = len(api.list("/dolt/branches"))
    forced = api.delete("/dolt/branches/season/2027?force=1")

    assert "merge it first" in problem(refused, 409)["detail"]
    assert (kept, forced.status_code) == (2, 204)
    assert [b["name"] for b in api.list("/dolt/branches")] == ["main"]


def test_the_main_branch_cannot_be_deleted_or_renamed(api: Api, other: Branch) -> None:
    answers = [
        api.delete("/dolt/branches/main"),
        api.delete("/dolt/branches/main?force=1"),
        patch(api, "/dolt/branches/main", {"name": "old"}),
    ]

    assert [problem(answer, 409)["status"] for answer in answers] == [409] * 3
    assert [b["name"] for b in api.list("/dolt/branches")] == ["main", "other"]


def test_an_unknown_branch_is_a_404_and_a_taken_name_a_409(api: Api, other: Branch) -> None:
    assert api.get("/dolt/branches/nowhere").status_code == 404
    assert problem(api.delete("/dolt/branches/nowhere"), 404)
    assert problem(patch(api, "/dolt/branches/nowhere", {"name": "x"}), 404)
    assert problem(api.post("/dolt/branches", {"name": "x", "from": "nowhere"}), 404)
    assert problem(api.get("/dolt/commits?branch=nowhere"), 404)
    assert problem(api.post("/dolt/branches", {"name": "other"}), 409)
    assert problem(patch(api, "/dolt/branches/other", {"name": "main"}), 409)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_and_revisions_are_a_4xx_without_effect(
    api: Api, other: Branch, text: str
) -> None:
    before = api.list("/dolt/branches")

    answers = [
        api.post("/dolt/branches", {"name": text}),
        patch(api, "/dolt/branches/other", {"name": text}),
        api.post("/dolt/tags", {"name": text}),
    ]
    searched = [
        api.client.get("/dolt/commits", {"branch": text}),
        api.post("/dolt/tags", {"name": "v1", "revision": f"{text}?"}),
        api.post("/dolt/branches", {"name": "new", "from": f"{text}?"}),
    ]

    assert [problem(answer, 422)["status"] for answer in answers] == [422] * 3
    known = text in ("main~1", "HEAD", "main..other")
    assert all(400 <= answer.status_code < 500 for answer in searched[known:])
    assert api.list("/dolt/branches") == before
    assert api.list("/dolt/tags") == []


def test_commits_are_listed_newest_first_with_their_parents(api: Api, other: Branch) -> None:
    ann = api.post("/customer/", {"name": "Ann"}, **{"Dolt-Branch": "other"})["Dolt-Commit"]
    bob = api.post("/customer/", {"name": "Bob"}, **{"Dolt-Message": "Bob"})["Dolt-Commit"]
    merge = other.merge("Both").pk

    listed = api.list("/dolt/commits?limit=3")

    assert listed[0]["hash"] == merge
    assert listed[0]["parents"] == [bob, ann]
    assert {commit["hash"] for commit in listed[1:]} == {ann, bob}
    [of_bob] = [commit for commit in listed if commit["hash"] == bob]
    assert (of_bob["author"], of_bob["message"]) == ("anybody", "Bob")
    assert of_bob["date"].endswith("+00:00")
    assert api.list("/dolt/commits?branch=other&limit=1")[0]["hash"] == ann


def test_a_list_of_commits_has_pages_that_new_commits_do_not_move(api: Api) -> None:
    for number in range(5):
        api.customer(f"Customer {number}")
    expected = [commit.pk for commit in Commit.log("main", 5)]

    found, path = [], "/dolt/commits?limit=2"
    while len(found) < 5:
        response = api.get(path)
        found += [commit["hash"] for commit in response.json()]
        path = response["Link"].partition(">")[0][1:]
        api.customer("Meanwhile")

    assert found[:5] == expected


def test_a_tag_is_created_listed_and_deleted(api: Api, main: Branch) -> None:
    api.customer("Ann")

    created = api.post("/dolt/tags", {"name": "v1", "revision": main.hash, "message": "First"})
    listed = api.list("/dolt/tags")
    deleted = api.delete("/dolt/tags/v1")

    assert (created.json()["name"], created.json()["hash"]) == ("v1", main.hash)
    assert [(tag["name"], tag["message"]) for tag in listed] == [("v1", "First")]
    assert (deleted.status_code, api.list("/dolt/tags")) == (204, [])
    assert problem(api.delete("/dolt/tags/v1"), 404)


def test_the_latest_commit_gets_a_tag_that_names_none(api: Api) -> None:
    made = api.post("/customer/", {"name": "Ann"})["Dolt-Commit"]

    assert api.post("/dolt/tags", {"name": "v1"}).json()["hash"] == made


@pytest.mark.parametrize("name", ["MAIN", "Main", "Other", "OTHER", "customers"])
def test_a_name_that_could_mean_another_is_taken(api: Api, other: Branch, name: str) -> None:
    made = api.post("/dolt/branches", {"name": name})
    api.post("/dolt/branches", {"name": "third"})
    renamed = patch(api, "/dolt/branches/third", {"name": name})

    assert [problem(answer, 409)["status"] for answer in (made, renamed)] == [409, 409]
    assert [b["name"] for b in api.list("/dolt/branches")] == ["main", "other", "third"]


@pytest.mark.parametrize("name", ["refs/heads/main", "refs/internal", "v1"])
def test_only_a_tag_can_be_deleted_as_a_tag(api: Api, main: Branch, name: str) -> None:
    assert problem(api.delete(f"/dolt/tags/{name}"), 404)
    assert problem(api.post("/dolt/tags", {"name": "v2", "revision": name}), 404)

    assert Branch.objects.get(name="main").hash == main.hash


@pytest.mark.parametrize("text", ["\ud800", "main~99999999999999999999", "refs/heads/main"])
def test_odd_revisions_are_a_4xx(api: Api, text: str) -> None:
    pen = api.product()
    answers = [
        api.client.post("/dolt/branches", {"name": "new", "from": text}, "application/json"),
        api.client.post("/dolt/tags", {"name": "v1", "revision": text}, "application/json"),
        restore(api, f"/product/{pen['id']}/", text),
    ]
    if text.isascii():
        answers += [
            api.client.get("/dolt/commits", {"branch": text}),
            api.client.get("/dolt/diff", {"to": text}),
            api.client.get("/product/", {"as_of": text}),
        ]

    assert {problem(answer, answer.status_code)["status"] for answer in answers} <= {404, 422}


@pytest.mark.parametrize(
    "text", ["HEAD~10001", "main~9999999", "HEAD~9999~2", "main" + 10001 * "~", "HEAD^10001~+1"]
)
def test_a_commit_too_far_before_another_is_refused_before_the_database_sees_it(
    api: Api, text: str
) -> None:
    pen = api.product()
    in_bodies = {
        "/dolt/branches": {"name": "new", "from": text},
        "/dolt/tags": {"name": "v1", "revision": text},
        "/dolt/revert": {"commit": text},
        f"/product/{pen['id']}/restore/": {"commit": text},
    }
    in_queries = [
        ("/dolt/commits", {"branch": text}),
        ("/dolt/diff", {"to": text}),
        ("/dolt/diff", {"from": text, "to": "main"}),
        ("/product/", {"as_of": text}),
    ]

    with CaptureQueriesContext(connection) as statements:
        answers = [api.post(path, body) for path, body in in_bodies.items()]
        answers += [api.client.get(path, query) for path, query in in_queries]
        page = api.client.get("/shop/branches/", {"branch": text})

    assert {answer.status_code for answer in answers} <= {404, 422}  # 422: a body's longest name
    assert all(problem(answer, answer.status_code) for answer in answers)
    assert (page.status_code, "more than 10000 commits" in page.content.decode()) == (404, True)
    assert not [each["sql"] for each in statements if text in each["sql"]]
    assert len(api.list("/dolt/branches")) == 1


@pytest.mark.parametrize("name", ["refs/x", "refs/heads/x", "Refs/tags/x"])
def test_no_branch_or_tag_has_a_name_under_refs(api: Api, other: Branch, name: str) -> None:
    answers = [
        api.post("/dolt/branches", {"name": name}),
        api.post("/dolt/tags", {"name": name}),
        patch(api, "/dolt/branches/other", {"name": name}),
    ]
    page = api.client.post("/shop/branches/", {"name": name})

    said = [problem(answer, 422)["errors"][0] for answer in answers]
    assert all("does not begin with refs/" in each["detail"] for each in said)
    assert (page.status_code, "refs/" in page.content.decode()) == (422, True)
    assert [branch["name"] for branch in api.list("/dolt/branches")] == ["main", "other"]
    assert api.list("/dolt/tags") == []


def test_of_names_that_differ_in_capitals_only_one_is_created_at_once(api: Api) -> None:
    cases = ["case", "Case", "cAse", "caSe", "casE", "CASE"]

    answers = at_once(lambda name: api.post("/dolt/branches", {"name": name}), cases, threads=6)

    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409, 409]
    [created] = [answer.json()["name"] for answer in answers if answer.status_code == 200]
    assert [branch["name"] for branch in api.list("/dolt/branches")] == sorted(["main", created])
    assert api.get("/product/", **{"Dolt-Branch": created}).status_code == 200
