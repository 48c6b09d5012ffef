"""Whatever is wrong with a value, the API says it in a sentence for the person who sent it."""

from __future__ import annotations

import pytest

from tests.api import Api
from tests.examples import described, operations
from tests.refusals import (
    details,
    not_for_people,
    said_of_bodies,
    said_of_parameters,
    wrong_bodies,
)
from tests.test_bodies import NOT_JSON


def test_wrong_members_are_explained_in_plain_sentences(api: Api, kind: str) -> None:
    operation = operations(described(api.client))[f"POST /{kind}/"]

    said = said_of_bodies(api.client, f"/{kind}/", wrong_bodies(operation))

    assert len(said) > 4
    assert not not_for_people(said)


def test_wrong_parameters_are_explained_in_plain_sentences(api: Api, kind: str) -> None:
    found = operations(described(api.client))
    parameters = [
        parameter
        for method in ("GET", "POST")
        for parameter in found[f"{method} /{kind}/"]["parameters"]
        if parameter["name"] in ("limit", "after", "Idempotency-Key")
    ]

    said = said_of_parameters(api.client, f"/{kind}/", parameters)

    assert len(parameters) == 3
    assert len(said) > 4
    assert not not_for_people(said)


@pytest.mark.parametrize("body", NOT_JSON)
def test_what_is_not_json_is_explained_in_plain_sentences(api: Api, body: bytes) -> None:
    said = details(api.post("/customer/", body))

    assert said
    assert not not_for_people(said)
