"""A body is read as JSON in UTF-8 with any Content-Type, and has at most one mebibyte."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from tests.api import Api, pointers, problem

MIB = 1024 * 1024
NOT_JSON = [
    pytest.param(b"", id="empty"),
    pytest.param(b"   ", id="blank"),
    pytest.param(b"{", id="unended object"),
    pytest.param(b'{"name": "Ca', id="unended string"),
    pytest.param(b'{"name": "Carl"', id="truncated"),
    pytest.param(b'{"name": "Carl"}}', id="one bracket too many"),
    pytest.param(b'{"name": "Carl"} {"name": "Dora"}', id="two documents"),
    pytest.param(b"{'name': 'Carl'}", id="Python"),
    pytest.param(b'{"name": "Carl",}', id="comma at the end"),
    pytest.param(b'{"name": "a\nb"}', id="control character in a string"),
    pytest.param(b"name=Carl", id="a form"),
    pytest.param(b'{"name": "\xff"}', id="not UTF-8"),
    pytest.param(b'{"name": "\xed\xa0\x80"}', id="surrogate in UTF-8"),
    pytest.param('{"name": "Carl"}'.encode("utf-16"), id="UTF-16"),
    pytest.param(b'{"name": "Carl", "x": NaN}', id="NaN"),
    pytest.param(b'{"name": "Carl", "x": -Infinity}', id="-Infinity"),
    pytest.param(b"[" * 100_000, id="100000 brackets"),
    pytest.param(b"[" * 100_000 + b"]" * 100_000, id="100000 pairs of brackets"),
    pytest.param(b'{"name":' * 100_000, id="100000 objects"),
    pytest.param(b'{"name": "Carl", "x": ' + b"9" * 5000 + b"}", id="a number of 5000 digits"),
]


def padded(length: int) -> str:
    return '{"name": "Carl"}'.ljust(length)


@pytest.mark.parametrize("body", NOT_JSON)
def test_a_body_that_is_not_json_is_a_400(api: Api, kind: str, body: bytes) -> None:
    existing = api.some(kind)

    created = api.post(f"/{kind}/", body)
    replaced = api.put(f"/{kind}/{existing['id']}/", body)

    assert "not JSON" in problem(created, 400)["detail"]
    assert "not JSON" in problem(replaced, 400)["detail"]
    assert api.list(f"/{kind}/") == [existing]


@pytest.mark.parametrize("body", ["null", "[]", '"x"', "5", "true", '[{"name": "Carl"}]'])
def test_a_body_that_is_not_an_object_is_a_422(api: Api, kind: str, body: str) -> None:
    existing = api.some(kind)

    assert pointers(api.post(f"/{kind}/", body)) == ["#"]
    assert pointers(api.put(f"/{kind}/{existing['id']}/", body)) == ["#"]
    assert api.list(f"/{kind}/") == [existing]


def test_the_last_of_two_members_with_one_name_counts(api: Api) -> None:
    assert api.post("/customer/", '{"name": "", "name": "Carl"}').json()["name"] == "Carl"


@pytest.mark.parametrize(
    "content_type",
    [
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "multipart/form-data; boundary=x",
        "text/plain; charset=utf-16",
        "application/json; charset=nonsense",
        "nonsense",
        "",
    ],
)
def test_a_body_is_read_as_json_with_any_content_type(api: Api, content_type: str) -> None:
    body = '{"name": "Zoë"}'.encode()

    response = api.client.generic("POST", "/customer/", body, content_type=content_type)

    assert (response.status_code, response.json()["name"]) == (200, "Zoë")
    assert api.list("/customer/") == [response.json()]


def test_a_body_of_one_mebibyte_is_read(api: Api) -> None:
    assert api.post("/customer/", padded(MIB)).status_code == 200


@pytest.mark.parametrize("length", [MIB + 1, 3 * MIB])
def test_a_larger_body_is_a_413(api: Api, kind: str, length: int) -> None:
    existing = api.some(kind)

    problem(api.post(f"/{kind}/", padded(length)), 413)
    problem(api.put(f"/{kind}/{existing['id']}/", padded(length)), 413)

    assert api.list(f"/{kind}/") == [existing]


def test_the_admin_refuses_a_larger_form_before_it_stores_a_file(
    api: Api, settings: Any, tmp_path: Path
) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "nowhere")
    form = {"username": "ann", "file": BytesIO(b"x" * 3 * MIB)}

    problem(api.client.post("/admin/login/", form), 413)
    problem(api.client.post("/admin/login/", padded(MIB + 1), "text/plain"), 413)


@pytest.mark.parametrize("length", ["²", "x", "-1", "1" * 30])
def test_an_invalid_content_length_is_not_a_500(api: Api, length: str) -> None:
    response = api.client.get("/customer/", CONTENT_LENGTH=length)

    assert response.status_code < 500


def test_a_body_of_unknown_length_is_a_411(api: Api) -> None:
    response = api.client.generic("POST", "/customer/", HTTP_TRANSFER_ENCODING="chunked")

    problem(response, 411)
