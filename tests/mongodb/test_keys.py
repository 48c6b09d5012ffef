"""Keys are ObjectIds: strings of 24 hexadecimal digits in JSON and in paths."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import Any

import pytest
from bson import ObjectId

from bank.models import Customer
from tests.api import Api, pointers


def test_an_id_is_a_string_of_24_hexadecimal_digits(api: Api) -> None:
    order = api.order(api.customer(), api.product())

    ids = [order["id"], order["customer"]["id"], order["products"][0]["id"]]

    assert all(re.fullmatch("[0-9a-f]{24}", key) for key in ids)


@pytest.mark.parametrize("form", [str.upper, lambda key: int(key, 16), lambda key: key[:12]])
def test_an_id_in_another_format_is_refused(api: Api, form: Any) -> None:
    customer = {"id": form(api.customer()["id"])}

    response = api.post("/order/", {"customer": customer, "products": []})

    assert pointers(response) == ["#/customer/id"]


def test_keys_of_one_process_are_ordered_by_creation(api: Api) -> None:
    created = [api.customer(str(number)) for number in range(50)]

    assert api.list("/customer/") == created


@pytest.mark.django_db
def test_keys_of_two_processes_within_one_second_are_not_ordered_by_creation() -> None:
    # An ObjectId is seconds, then five random bytes of the process, then a counter; so within a
    # second the process determines the order:
    # https://www.mongodb.com/docs/manual/reference/bson-types/#objectid
    key = ObjectId()
    earlier = ObjectId(key.binary[:4] + b"\xff" * 5 + key.binary[9:])
    later = ObjectId(key.binary[:4] + b"\x00" * 5 + key.binary[9:])
    for pk in (earlier, later):
        Customer.objects.create(pk=pk, name="Carl")

    assert list(Customer.objects.order_by("pk").values_list("pk", flat=True)) == [later, earlier]
    assert _process(key) != _process(_key_of_another_process())


def _process(key: ObjectId) -> bytes:
    return key.binary[4:9]


def _key_of_another_process() -> ObjectId:
    code = "import bson; print(bson.ObjectId())"
    return ObjectId(subprocess.check_output([sys.executable, "-c", code], text=True).strip())
