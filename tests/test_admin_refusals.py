"""Invalid values in forms of the admin, which no page contains, are refused with a message."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.http import HttpResponse
from django.test import Client

from tests.admin_pages import form_of
from tests.api import Api

pytestmark = pytest.mark.django_db(transaction=True)
TABLES = ["bank/customer", "bank/product", "bank/order", "bank/idempotencyrecord"]
KEYS = ["abc", "999999", "9" * 30, "\0", "["]


def refused(response: HttpResponse) -> bool:
    """Whether this is a page with an error message."""
    sentence = b"The form has a value of the wrong type. Nothing was changed."
    return response.status_code == 400 and sentence in response.content


@pytest.mark.parametrize("table", [*TABLES, "auth/user", "auth/group"])
def test_deleting_an_invalid_key_is_refused(api: Api, admin: Client, table: str) -> None:
    api.order(api.customer(), api.product())
    form = {"action": "delete_selected", "index": "abc", "post": "yes"}

    for key in ("abc", "\0", ""):
        assert refused(admin.post(f"/admin/{table}/", {**form, "_selected_action": key}))

    assert len(api.list("/order/")) == 1


def test_deleting_an_unknown_key_deletes_nothing(api: Api, admin: Client) -> None:
    Group.objects.create(name="Clerks")
    form = {"action": "delete_selected", "index": "abc", "post": "yes"}

    for key in ("1" * 9, "9" * 30):  # no ObjectIds
        response = admin.post("/admin/auth/group/", {**form, "_selected_action": key})
        assert response.status_code == 302 or refused(response)

    assert [group.name for group in Group.objects.all()] == ["Clerks"]


def test_a_post_to_an_invalid_url_is_refused(api: Api, admin: Client) -> None:
    pen = api.product()
    form = form_of(admin, "/admin/bank/product/")

    response = admin.post(
        "/admin/bank/product/?name__regex=(", {**form, "form-0-price": "9.00", "_save": "Save"}
    )

    assert response.status_code == 400
    assert b"The address of this page is not valid. Nothing was changed." in response.content
    assert api.list("/product/") == [pen]


@pytest.mark.parametrize("field", ["customer", "lines-0-product"])
def test_an_order_with_an_invalid_key_is_refused(api: Api, admin: Client, field: str) -> None:
    carl, pen = api.customer(), api.product()
    order: dict[str, Any] = {
        **form_of(admin, "/admin/bank/order/add/"),
        "customer": carl["id"],
        "lines-TOTAL_FORMS": 1,
        "lines-0-product": pen["id"],
        "lines-0-quantity": 1,
    }

    for key in KEYS:
        response = admin.post("/admin/bank/order/add/", {**order, field: key})
        assert refused(response) or b"Select a valid choice." in response.content

    assert api.list("/order/") == []
