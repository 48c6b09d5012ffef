"""Version control too explains wrong values in sentences for the person who sent them."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.api import Api, pointers, problem
from tests.examples import described, operations
from tests.refusals import not_for_people, said_of_bodies, said_of_parameters, wrong_bodies

PATHS = ["branches", "tags", "merge", "revert", "cherry-pick", "requests", "requests/{pk}/reviews"]
LISTS = ["/dolt/branches", "/dolt/commits", "/dolt/diff", "/dolt/requests", "/customer/"]


@pytest.mark.parametrize("path", PATHS)
def test_wrong_members_are_explained_in_plain_sentences(client: Client, path: str) -> None:
    operation = operations(described(client))[f"POST /dolt/{path}"]

    said = said_of_bodies(client, f"/dolt/{path}", wrong_bodies(operation))

    assert said
    assert not not_for_people(said)


@pytest.mark.parametrize("path", LISTS)
def test_wrong_parameters_are_explained_in_plain_sentences(client: Client, path: str) -> None:
    Api(client).customer()

    parameters = operations(described(client))[f"GET {path}"]["parameters"]

    said = said_of_parameters(client, path, parameters)

    assert said
    assert not not_for_people(said)


def test_a_resolution_with_a_wrong_value_is_explained_in_a_plain_sentence(client: Client) -> None:
    resolutions = [
        {"model": "product", "id": 1, "field": name, "value": value}
        for name in ("name", "price", "stock")
        for value in ("", 251 * "x", -1, [], None, 2.5)
    ]
    bodies = ({"from": "main", "resolutions": [each]} for each in resolutions)

    said = said_of_bodies(client, "/dolt/merge", bodies)

    assert len(said) > 4
    assert not not_for_people(said)


def test_a_text_that_may_be_empty_is_refused_for_its_nul_only(client: Client) -> None:
    body = {"from": "main", "message": "a\0"}

    [error] = problem(Api(client).post("/dolt/merge", body), 422)["errors"]

    assert error == {"pointer": "#/message", "detail": "A message has no NUL."}


def test_a_refusal_points_at_the_name_the_parameter_or_the_header(client: Client) -> None:
    api = Api(client)
    asked = {"title": "Prices", "source": "a b", "target": "a..b"}

    assert pointers(api.post("/dolt/branches", {"name": "a b"})) == ["#/name"]
    assert pointers(api.post("/dolt/tags", {"name": "a b"})) == ["#/name"]
    assert pointers(api.post("/dolt/requests", asked)) == ["#/source", "#/target"]
    [parameter] = problem(api.post("/customer/?as_of=main", {"name": "Ann"}), 422)["errors"]
    [header] = problem(api.get("/customer/", **{"Dolt-Message": " "}), 422)["errors"]
    assert (parameter["parameter"], header["header"]) == ("as_of", "Dolt-Message")
    assert parameter["detail"] == "This parameter is for GET of one object or a list."


@pytest.mark.parametrize("body", [5, '"name"', ["name"]])
def test_a_body_that_is_no_object_is_refused_as_such(client: Client, body: Any) -> None:
    answer = Api(client).post("/dolt/branches", body)

    [error] = problem(answer, 422)["errors"]
    assert "object" in error["detail"]


@pytest.mark.parametrize(
    "path",
    [
        *("/dolt/branches", "/dolt/tags", "/dolt/merge", "/dolt/revert", "/dolt/cherry-pick"),
        *("/dolt/requests", "/dolt/requests/1/reviews", "/product/1/restore/"),
    ],
)
def test_each_body_is_refused_for_an_unknown_member(client: Client, path: str) -> None:
    answer = Api(client).post(path, {"name": "x", "from": "main", "nosuch": 1})

    assert any(
        error["detail"].startswith("There is no member ")
        for error in problem(answer, 422)["errors"]
    )
    assert len(Api(client).list("/dolt/branches")) == 1


def test_an_unknown_member_is_refused_with_the_names_of_the_known_ones(client: Client) -> None:
    api = Api(client)
    before = [branch["name"] for branch in api.list("/dolt/branches")]

    branch = api.post("/dolt/branches", {"name": "x", "revision": "last-season"})
    half = api.post("/dolt/branches", {"name": "x", "\ud800": 1})
    merge = api.post("/dolt/merge", {"from": "main", "resolutions": [{"side": "ours"}]})

    [error] = problem(branch, 422)["errors"]
    assert error["detail"] == "There is no member 'revision', only name, from."
    assert (pointers(half), pointers(merge)) == (["#"], ["#/resolutions/0"])
    assert [branch["name"] for branch in api.list("/dolt/branches")] == before
