"""/dolt/requests: a branch is merged when others have approved of its latest commit."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from typing import Any

import pytest
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import F
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from bank.errors import RetriesExhausted
from bank.models import Customer
from bank.transactions.deadline import remaining
from tests.api import pointers, problem, watched
from tests.threads import at_once
from tests.versioning.changes import commit_to, conflicting_branches, names, rename
from versioning.ancestry import contains
from versioning.merge import merging
from versioning.models import Branch, ChangeRequest, Commit
from versioning.models.mergeable import LONGEST_MERGE
from versioning.router import SITE
from versioning.signatures import signed

ANN, BOB, EVE = "ann", "bob", "eve"


class As:
    """Calls the API as the client of this name."""

    def __init__(self, name: str) -> None:
        self.client = Client(headers={"Authorization": f"Bearer token-of-{name}"})

    def get(self, path: str) -> Any:
        return watched(lambda: self.client.get(f"/dolt/requests{path}"))

    def post(self, path: str, body: Any = None) -> Any:
        # Not watched: a change reads the branches before it and after it.
        text = json.dumps({} if body is None else body)
        return self.client.post(f"/dolt/requests{path}", text, "application/json")

    def review(self, number: Any, decision: str = "approve", **more: str) -> Any:
        return self.post(f"/{number}/reviews", {"decision": decision, **more})


@pytest.fixture(autouse=True)
def tokens(settings: Settings) -> None:
    settings.API_TOKENS = {f"token-of-{name}": name for name in (ANN, BOB, EVE)}


@pytest.fixture
def ann() -> As:
    return As(ANN)


@pytest.fixture
def bob() -> As:
    return As(BOB)


@pytest.fixture
def eve() -> As:
    return As(EVE)


@pytest.fixture
def number(other: Branch, ann: As) -> int:
    """Return the id of Ann's request to merge the branch `other`, which has one customer more."""
    commit_to("other", "Zach")
    response = ann.post("", {"title": "Zach", "source": "other"})
    assert response.status_code == 200, response.content
    return int(response.json()["id"])


def refused(response: Any, words: str) -> bool:
    """Whether this is a 409 whose reason has these words."""
    return words in problem(response, 409)["detail"]


def test_an_approved_request_is_merged(number: int, ann: As, bob: As) -> None:
    bob.review(number, text="Fine")

    merged = ann.post(f"/{number}/merge", {"message": "Zach is in"}).json()

    assert names() == ["Zach"]
    assert (merged["state"], merged["commit"]) == ("merged", Commit.latest().pk)
    assert ann.get("?state=merged").json()[0]["id"] == number
    assert ann.get("?state=open").json() == []


def test_a_request_follows_its_renamed_branch(number: int, ann: As, bob: As) -> None:
    bob.review(number)

    Branch.named("other").rename("zach")

    assert ann.get(f"/{number}").json()["source"] == "zach"
    assert ann.post(f"/{number}/merge").json()["state"] == "merged"
    assert names() == ["Zach"]


def test_a_closed_request_keeps_the_names_of_its_branches(number: int, ann: As) -> None:
    ann.post(f"/{number}/close")

    Branch.named("other").rename("zach")

    assert ann.get(f"/{number}").json()["source"] == "other"


def test_a_request_is_shown_with_its_reviews_and_what_is_in_its_way(
    number: int, ann: As, bob: As
) -> None:
    before = ann.get(f"/{number}").json()
    given = bob.review(number, text="Fine").json()

    after = ann.get(f"/{number}").json()

    assert (before["mergeable"], before["reviews"]) == (False, [])
    assert "more approvals" in before["obstacles"][0]
    assert (after["mergeable"], after["obstacles"]) == (True, [])
    assert after["reviews"] == [given]
    assert (after["ahead"], after["behind"]) == (1, 0)
    assert given == {
        "reviewer": BOB,
        "decision": "approve",
        "text": "Fine",
        "commit": after["head"],
        "created": given["created"],
    }
    assert {name: after[name] for name in ("title", "source", "target", "author", "state")} == {
        "title": "Zach",
        "source": "other",
        "target": "main",
        "author": ANN,
        "state": "open",
    }


def test_a_merge_keeps_what_the_target_has_meanwhile(number: int, ann: As, bob: As) -> None:
    commit_to("main", "Daylon")
    bob.review(number)

    merged = ann.post(f"/{number}/merge", {"message": "Both"}).json()

    assert names() == ["Daylon", "Zach"]
    assert (Commit.latest().pk, Commit.latest().message) == (merged["commit"], "Both")


def test_without_an_approval_nothing_is_merged(number: int, ann: As, bob: As) -> None:
    bob.review(number, "comment")

    assert refused(ann.post(f"/{number}/merge"), "more approvals")
    assert names() == []
    assert ann.get(f"/{number}").json()["state"] == "open"


def test_the_author_cannot_approve(number: int, ann: As, bob: As) -> None:
    assert refused(ann.review(number), "author of a change request cannot approve")
    assert ann.review(number, "comment").status_code == 200

    assert refused(bob.post(f"/{number}/merge"), "more approvals")


def test_without_tokens_nobody_can_approve_and_the_error_says_why(
    settings: Settings, other: Branch
) -> None:
    settings.API_TOKENS = {}
    commit_to("other", "Zach")
    anybody = As("anybody")
    row = anybody.post("", {"title": "Zach", "source": "other"}).json()

    response = anybody.review(row["id"])

    assert row["author"] == "anybody"
    assert refused(response, "API_TOKENS")


def test_an_approval_of_an_older_commit_does_not_count(number: int, ann: As, bob: As) -> None:
    bob.review(number)
    commit_to("other", "Yan")

    assert refused(ann.post(f"/{number}/merge"), "before the source branch's latest commits")
    assert names() == []

    bob.review(number)
    assert ann.post(f"/{number}/merge").status_code == 200
    assert names() == ["Yan", "Zach"]


def test_a_review_of_another_commit_than_the_latest_is_refused(number: int, bob: As) -> None:
    seen = bob.get(f"/{number}").json()["head"]
    commit_to("other", "Yan")

    assert refused(bob.review(number, commit=seen), "newer commits")
    assert bob.get(f"/{number}").json()["reviews"] == []


def test_requested_changes_must_be_approved_by_who_requested_them(
    number: int, ann: As, bob: As, eve: As
) -> None:
    bob.review(number, "request changes", text="Zack?")
    eve.review(number)

    assert refused(ann.post(f"/{number}/merge"), "who requested them: bob")
    commit_to("other", "Zack")
    eve.review(number)
    bob.review(number, "comment")
    assert refused(ann.post(f"/{number}/merge"), "who requested them: bob")

    bob.review(number)
    assert ann.post(f"/{number}/merge").status_code == 200


def test_a_reviewer_can_take_an_approval_back(number: int, ann: As, bob: As) -> None:
    bob.review(number)
    bob.review(number, "request changes")

    assert refused(ann.post(f"/{number}/merge"), "Changes were requested")


def test_a_setting_says_how_many_must_approve(
    settings: Settings, number: int, ann: As, bob: As, eve: As
) -> None:
    settings.VERSIONING_APPROVALS = 2
    bob.review(number)
    bob.review(number)

    assert refused(ann.post(f"/{number}/merge"), "(1 of 2)")

    eve.review(number)
    assert ann.post(f"/{number}/merge").status_code == 200


def test_if_no_approvals_are_needed_the_author_can_merge(
    settings: Settings, number: int, ann: As
) -> None:
    settings.VERSIONING_APPROVALS = 0

    assert ann.post(f"/{number}/merge").json()["state"] == "merged"


def test_a_merged_request_can_no_longer_be_changed(number: int, ann: As, bob: As) -> None:
    bob.review(number)
    ann.post(f"/{number}/merge")

    for response in (
        ann.post(f"/{number}/merge"),
        ann.post(f"/{number}/close"),
        bob.review(number),
    ):
        assert refused(response, "no longer open. (merged)")


def test_a_closed_request_cannot_be_merged(number: int, ann: As, bob: As) -> None:
    bob.review(number)

    assert ann.post(f"/{number}/close").json()["state"] == "closed"

    assert refused(ann.post(f"/{number}/merge"), "no longer open. (closed)")
    assert names() == []


def test_a_request_of_a_deleted_branch_says_so(
    number: int, other: Branch, ann: As, bob: As
) -> None:
    bob.review(number)
    other.delete(force=True)

    problem(ann.post(f"/{number}/merge"), 404)
    problem(bob.review(number), 404)
    shown = ann.get(f"/{number}").json()
    assert (shown["head"], shown["mergeable"]) == ("", False)
    assert "'other'" in shown["obstacles"][0]


def test_what_the_target_has_already_cannot_be_requested(other: Branch, ann: As) -> None:
    assert refused(ann.post("", {"title": "x", "source": "other"}), "has no commits")
    assert refused(ann.post("", {"title": "x", "source": "main"}), "has no commits")


def test_what_was_merged_without_the_request_is_not_merged_again(
    number: int, other: Branch, ann: As, bob: As
) -> None:
    bob.review(number)
    other.merge()

    assert refused(ann.post(f"/{number}/merge"), "has no commits")


def test_a_merge_that_another_client_made_meanwhile_is_the_one_that_is_recorded(
    number: int, other: Branch, ann: As, bob: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    bob.review(number)
    commit_to("main", "Carl")
    claim: Any = ChangeRequest._claim

    def claimed_and_merged_by_others(row: ChangeRequest) -> None:
        claim(row)
        other.merge("Theirs")
        commit_to("main", "Dan")

    monkeypatch.setattr(ChangeRequest, "_claim", claimed_and_merged_by_others)
    merged = ann.post(f"/{number}/merge").json()

    assert merged["state"] == "merged"
    assert Commit.log(merged["commit"], 1)[0].message == "Theirs"
    assert names() == ["Carl", "Dan", "Zach"]


def test_a_merge_that_meets_the_deadline_can_be_tried_again_at_once(
    number: int, ann: As, bob: As, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    bob.review(number)
    commit_to("main", "Carl")
    settings.REQUEST_DEADLINE = 4

    def slowly(*arguments: Any) -> None:
        time.sleep(remaining() + 0.1)
        raise RetriesExhausted

    with monkeypatch.context() as slow:
        slow.setattr(merging, "settle", slowly)
        late = ann.post(f"/{number}/merge")

    again = ann.post(f"/{number}/merge")

    assert (late.status_code, again.status_code) == (503, 200)
    assert again.json()["state"] == "merged"
    assert names() == ["Carl", "Zach"]


def test_a_request_that_was_closed_meanwhile_is_not_recorded_as_merged(
    number: int, other: Branch
) -> None:
    head = Branch.named("other").hash
    ChangeRequest.objects.update(merging=head, changed=timezone.now() - 2 * LONGEST_MERGE)
    seen = ChangeRequest.objects.get(pk=number)
    ChangeRequest.objects.update(state="closed")
    other.merge()

    seen.settle()

    assert ChangeRequest.objects.get(pk=number).state == "closed"


def test_what_another_connection_has_merged_is_seen_at_once(number: int, other: Branch) -> None:
    head, merged = Branch.named("other").hash, Event()

    def look() -> list[bool]:
        found = [contains("main", head)]
        assert merged.wait(10)
        return [*found, contains("main", head)]

    def merge() -> list[bool]:
        time.sleep(0.3)
        other.merge()
        merged.set()
        return []

    assert [False, True] in at_once(lambda work: work(), [look, merge], threads=2)


@pytest.fixture
def conflicting(main: Branch, ann: As, bob: As) -> int:
    """Return the id of an approved request whose branch renamed a customer, as main did too."""
    conflicting_branches()
    number = int(ann.post("", {"title": "Karl", "source": "third"}).json()["id"])
    bob.review(number)
    return number


def test_conflicts_are_listed_and_leave_the_request_open(conflicting: int, ann: As) -> None:
    for _ in range(2):
        [conflict] = problem(ann.post(f"/{conflicting}/merge"), 409)["conflicts"]

        sides = {"base": "Carl", "ours": "Charles", "theirs": "Karl"}
        assert conflict == {
            "model": "customer",
            "id": Customer.objects.get().pk,
            "field": "name",
            **sides,
        }
        assert names() == ["Charles"]
        assert ann.get(f"/{conflicting}").json()["mergeable"]


def test_conflicts_are_resolved_by_the_merge(conflicting: int, ann: As) -> None:
    [conflict] = problem(ann.post(f"/{conflicting}/merge"), 409)["conflicts"]
    place = {name: conflict[name] for name in ("model", "id", "field")}

    merged = ann.post(f"/{conflicting}/merge", {"resolutions": [{**place, "take": "theirs"}]})

    assert (merged.json()["state"], names()) == ("merged", ["Karl"])


def test_a_dry_run_of_a_merge_changes_nothing(number: int, ann: As, bob: As) -> None:
    refused(ann.post(f"/{number}/merge", {"dry_run": True}), "more approvals")
    bob.review(number)

    tried = ann.post(f"/{number}/merge", {"dry_run": True}).json()

    assert (tried["state"], tried["commit"], names()) == ("open", "", [])
    assert ann.post(f"/{number}/merge").json()["state"] == "merged"


def test_a_dry_run_lists_the_conflicts(conflicting: int, ann: As) -> None:
    response = ann.post(f"/{conflicting}/merge", {"dry_run": True})

    assert len(problem(response, 409)["conflicts"]) == 1
    assert ann.get(f"/{conflicting}").json()["mergeable"]


def test_a_decision_on_conflicts_that_have_changed_since_is_refused(
    conflicting: int, ann: As
) -> None:
    shown = problem(ann.post(f"/{conflicting}/merge"), 409)
    place = {name: shown["conflicts"][0][name] for name in ("model", "id", "field")}
    decision = {"resolutions": [{**place, "take": "theirs"}], "heads": shown["heads"]}
    rename("main", "Newer")

    assert refused(ann.post(f"/{conflicting}/merge", decision), "have new commits")

    assert names() == ["Newer"]
    now = problem(ann.post(f"/{conflicting}/merge"), 409)["heads"]
    assert ann.post(f"/{conflicting}/merge", {**decision, "heads": now}).status_code == 200
    assert names() == ["Karl"]


def test_a_request_whose_target_was_deleted_during_its_merge_does_not_disturb_others(
    number: int, main: Branch, ann: As
) -> None:
    Branch(name="target", hash=main.hash).save()
    of_target = int(
        ann.post("", {"title": "T", "source": "other", "target": "target"}).json()["id"]
    )
    ChangeRequest.objects.filter(pk=of_target).update(merging=Branch.named("other").hash)
    Branch.named("target").delete(force=True)

    listed = ann.get("").json()

    assert [(row["id"], row["state"]) for row in listed] == [(number, "open"), (of_target, "open")]
    assert ann.get(f"/{of_target}").json()["mergeable"] is False


@pytest.mark.parametrize(
    "body",
    [
        {"message": 5}, {"message": "x" * 2001}, {"message": "a\0"},
        {"resolutions": None}, {"resolutions": [{}]},
        {"resolutions": [{"model": "user", "id": 1, "field": "name", "take": "ours"}]},
        {"resolutions": [{"model": "customer", "id": "x", "field": "name", "take": "ours"}]},
        {"resolutions": [{"model": "customer", "id": 1, "field": "' --", "take": "ours"}]},
    ],
)  # fmt: skip
def test_an_invalid_merge_is_refused(conflicting: int, ann: As, body: Any) -> None:
    problem(ann.post(f"/{conflicting}/merge", body), 422)

    assert names() == ["Charles"]


def test_only_what_was_approved_is_merged(number: int, ann: As, bob: As) -> None:
    bob.review(number)
    commit_to("main", "Daylon")
    unseen: list[str] = []

    def commit_meanwhile(execute: Any, sql: str, *rest: Any) -> Any:
        if sql.startswith("UPDATE") and not unseen:  # after the check of the approvals
            unseen.extend(at_once(lambda name: commit_to("other", name), ["Yan"], threads=1))
        return execute(sql, *rest)

    with connections[SITE].execute_wrapper(commit_meanwhile):
        response = ann.post(f"/{number}/merge")

    assert unseen
    assert response.json()["state"] == "merged"
    assert names() == ["Daylon", "Zach"]


def test_of_many_merges_at_one_time_one_wins(number: int, bob: As) -> None:
    bob.review(number)
    commit_to("main", "Daylon")
    before = Commit.objects.count()

    responses = at_once(lambda name: As(name).post(f"/{number}/merge"), 4 * [ANN, EVE], threads=8)

    assert sorted(response.status_code for response in responses) == [200] + 7 * [409]
    assert names() == ["Daylon", "Zach"]
    assert Commit.objects.count() == before + 2  # the branch's commit, and the merge


@pytest.mark.parametrize("attempt", range(3))
def test_a_request_is_merged_or_closed_but_not_both(number: int, bob: As, attempt: int) -> None:
    bob.review(number)

    works = ["merge", "close", "merge", "close"]
    responses = at_once(lambda work: As(ANN).post(f"/{number}/{work}"), works, threads=4)

    assert sorted(response.status_code for response in responses) == [200] + 3 * [409]
    state = bob.get(f"/{number}").json()["state"]
    assert (state, names()) in [("merged", ["Zach"]), ("closed", [])]


class Killed(BaseException):
    """Ends a request as the end of its process does: nothing is done after it but a rollback."""


@contextmanager
def killed(alias: str, *, before: str, times: int = 1) -> Iterator[None]:
    """Kill the request before the n-th statement with this text on a database."""
    seen: list[str] = []

    def kill(execute: Any, sql: str, *rest: Any) -> Any:
        seen.extend([sql] if before in sql else [])
        if len(seen) == times:
            raise Killed
        return execute(sql, *rest)

    with connections[alias].execute_wrapper(kill), pytest.raises(Killed):
        yield


@pytest.mark.parametrize("meanwhile", ["", "Daylon"])
def test_a_merge_that_was_killed_before_its_record_is_recorded_when_it_is_read(
    number: int, other: Branch, ann: As, bob: As, meanwhile: str
) -> None:
    bob.review(number)
    if meanwhile:  # else it is fast-forward
        commit_to("main", meanwhile)
    with killed(SITE, before="UPDATE", times=2):  # the first one says that the merge begins
        ann.post(f"/{number}/merge")
    assert ChangeRequest.objects.get().state == "open"
    other.delete()

    [listed] = ann.get("?state=merged").json()

    assert (listed["state"], listed["commit"]) == ("merged", Commit.latest().pk)
    assert names() == [*filter(None, [meanwhile]), "Zach"]
    assert refused(ann.post(f"/{number}/merge"), "no longer open. (merged)")


def test_a_branch_whose_merge_was_killed_before_its_record_can_be_requested_again(
    number: int, ann: As, bob: As
) -> None:
    bob.review(number)
    with killed(SITE, before="UPDATE", times=2):
        ann.post(f"/{number}/merge")
    commit_to("other", "Yan")

    again = ann.post("", {"title": "Yan", "source": "other"})

    assert again.status_code == 200
    states = {row.pk: row.state for row in ChangeRequest.objects.all()}
    assert states == {number: "merged", again.json()["id"]: "open"}


def test_of_many_equal_requests_at_one_time_one_is_opened(other: Branch) -> None:
    commit_to("other", "Zach")
    asked = {"title": "Zach", "source": "other"}

    answers = at_once(lambda name: As(name).post("", asked), [ANN, BOB, EVE] * 2, threads=6)

    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409, 409]
    assert ChangeRequest.objects.get().state == "open"


def test_a_merge_that_was_killed_before_its_commit_can_be_repeated(
    number: int, ann: As, bob: As
) -> None:
    bob.review(number)
    with killed(DEFAULT_DB_ALIAS, before="dolt_merge("):
        ann.post(f"/{number}/merge")

    assert names() == []
    assert refused(ann.post(f"/{number}/merge"), "being merged by somebody else")
    assert refused(ann.post(f"/{number}/close"), "being merged by somebody else")

    ChangeRequest.objects.update(changed=F("changed") - LONGEST_MERGE)
    assert ann.post(f"/{number}/merge").json()["state"] == "merged"
    assert names() == ["Zach"]


def test_requests_are_the_same_on_every_branch_and_in_no_commit(number: int, ann: As) -> None:
    head = Commit.latest()

    ann.post(f"/{number}/close")

    assert Commit.latest() == head
    connection.use("other")
    assert ChangeRequest.objects.get().state == "closed"


def test_the_list_is_paged(number: int, ann: As) -> None:
    for name in ("second", "third"):
        Branch(name=name, hash="other").save()
    numbers = [number] + [
        ann.post("", {"title": name, "source": name}).json()["id"] for name in ("second", "third")
    ]

    first = ann.get("?state=open&limit=2")
    after = first["Link"].split(">")[0].partition("?")[2]
    second = ann.get(f"?{after}")

    assert [row["id"] for row in first.json() + second.json()] == numbers
    assert "state=open" in after
    assert "Link" not in second


@pytest.mark.parametrize("member", ["title", "description", "source", "target"])
@pytest.mark.parametrize("value", [None, 5, [], {}, "\0", "\ud800", "x" * 10_001])
def test_an_invalid_member_is_a_422_that_names_it(
    other: Branch, ann: As, member: str, value: Any
) -> None:
    body = {"title": "Zach", "source": "other", member: value}

    assert pointers(ann.post("", body)) == [f"#/{member}"]
    assert ann.get("").json() == []


@pytest.mark.parametrize("member", ["source", "target"])
@pytest.mark.parametrize("name", ["-d", "--abort", "a..b", "x'; DROP TABLE reviews; --", "HEAD"])
def test_a_hostile_name_of_a_branch_is_refused(
    other: Branch, ann: As, member: str, name: str
) -> None:
    problem(ann.post("", {"title": "Zach", "source": "other", member: name}), 422)
    problem(ann.post("", {"title": "Zach", "source": "other", member: "nowhere"}), 404)

    assert ann.get("").json() == []


@pytest.mark.parametrize(
    "body",
    [
        {}, {"decision": "APPROVE"}, {"decision": None}, {"decision": "approve'--"},
        {"decision": "approve", "text": "\0"}, {"decision": "approve", "text": "x" * 10_001},
        {"decision": "approve", "commit": None}, [], "x",
    ],
)  # fmt: skip
def test_an_invalid_review_is_refused(number: int, bob: As, body: Any) -> None:
    problem(bob.post(f"/{number}/reviews", body), 422)

    assert bob.get(f"/{number}").json()["reviews"] == []


@pytest.mark.parametrize("commit", ["' OR 1=1 --", "HEAD", "main", "\0", "\u0661"])
def test_a_review_of_what_is_not_the_latest_commit_is_refused(
    number: int, bob: As, commit: str
) -> None:
    problem(bob.review(number, commit=commit), 409)


def test_hostile_texts_are_only_texts(number: int, ann: As, bob: As) -> None:
    text = "'; DROP TABLE reviews; -- \" <script> %s {{ x }} \\ ü 🍎"
    commit_to("main", "Daylon")

    assert bob.review(number, text=text).json()["text"] == text
    assert ann.post(f"/{number}/merge", {"message": text}).status_code == 200
    assert Commit.latest().message == text


@pytest.mark.parametrize("number", ["0", "x", "-1", "1_0", "9" * 40, "%00"])
@pytest.mark.parametrize("path", ["", "/reviews", "/merge", "/close"])
def test_an_unknown_request_is_a_404(ann: As, number: str, path: str) -> None:
    method = ann.post if path else ann.get
    bodies = {"": (), "/reviews": ({"decision": "comment"},)}

    problem(method(f"/{number}{path}", *bodies.get(path, ({},))), 404)


@pytest.mark.parametrize("state", ["x", "", "OPEN", "open'"])
def test_an_unknown_state_is_a_422(ann: As, state: str) -> None:
    problem(ann.get(f"?state={state}"), 422)


def test_the_commit_of_a_merge_names_who_has_merged(number: int, bob: As, eve: As) -> None:
    commit_to("main", "Daylon")  # else it is fast-forward
    bob.review(number)

    eve.post(f"/{number}/merge")

    assert Commit.latest().committer == EVE


def test_the_authors_own_request_for_changes_is_not_in_the_way(
    number: int, ann: As, bob: As
) -> None:
    ann.review(number, "request changes", text="Not yet")
    bob.review(number)

    assert ann.get(f"/{number}").json()["obstacles"] == []
    assert ann.post(f"/{number}/merge").json()["state"] == "merged"


def test_the_merge_that_is_recorded_later_is_that_of_the_target(
    number: int, other: Branch, ann: As, bob: As
) -> None:
    for name in ("first", "second", "third", "fourth"):  # the same commit is merged into others too
        Branch(name=name).save()
        commit_to(name, name)
        with signed(name, "Ann <ann@example.com>", branch=name):
            other.merge(f"Merged into {name}")
    commit_to("main", "Daylon")
    bob.review(number)
    with killed(SITE, before="UPDATE", times=2):
        ann.post(f"/{number}/merge")

    [listed] = ann.get("?state=merged").json()

    assert listed["commit"] == Branch.objects.get(name="main").hash
