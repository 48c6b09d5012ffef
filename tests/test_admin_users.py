"""Users and groups in the admin: an outdated form does not restore a revoked permission."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from django.utils import timezone

from tests.admin_pages import change, form_of, page, read, saved

FLAGS = ["is_active", "is_staff", "is_superuser"]


def path(record: User | Group) -> str:
    return f"/admin/auth/{record._meta.model_name}/{record.pk}/change/"


def permissions(*names: str) -> list[Permission]:
    return list(Permission.objects.filter(codename__in=names).order_by("codename"))


def keys(records: Any) -> list[str]:
    return sorted(str(record.pk) for record in records)


def without(form: dict[str, Any], *names: str) -> dict[str, Any]:
    """Return this form with these boxes not ticked and nothing selected in these lists."""
    return {name: value for name, value in form.items() if name not in names}


@pytest.fixture
def eve(db: None) -> User:
    return User.objects.create_superuser("eve", password="pa55word")


def test_an_outdated_form_does_not_restore_a_revoked_permission(admin: Client, eve: User) -> None:
    old = form_of(admin, path(eve))
    assert saved(admin.post(path(eve), without(form_of(admin, path(eve)), *FLAGS)))

    response = admin.post(path(eve), {**old, "first_name": "Eve"})

    assert not saved(response)
    html = response.content.decode()
    assert "Superuser status was changed meanwhile, it is now False." in html
    assert "Nothing was saved: open this page again." in html
    eve.refresh_from_db()
    assert (eve.is_active, eve.is_staff, eve.is_superuser) == (False, False, False)
    assert eve.first_name == ""


@pytest.mark.parametrize("field", ["groups", "user_permissions"])
def test_an_outdated_form_does_not_restore_groups_or_permissions(
    admin: Client, eve: User, field: str
) -> None:
    chosen = getattr(eve, field)
    clerks = [Group.objects.create(name="Clerks")]
    chosen.set(clerks if field == "groups" else permissions("add_order", "add_product"))
    old = form_of(admin, path(eve))
    assert sorted(old[field]) == keys(chosen.all())

    assert saved(admin.post(path(eve), without(old, field)))
    response = admin.post(path(eve), {**old, "first_name": "Eve"})

    assert not saved(response)
    assert "was changed meanwhile, it is now empty." in response.content.decode()
    assert not chosen.exists()
    assert not User.objects.filter(first_name="Eve").exists()


def test_an_outdated_form_does_not_remove_a_new_permission(admin: Client, eve: User) -> None:
    old = form_of(admin, path(eve))
    given = permissions("add_order")
    assert change(admin, path(eve), user_permissions=keys(given))

    response = admin.post(path(eve), {**old, "first_name": "Eve"})

    assert not saved(response)
    assert "it is now Bank | order | Can add order." in response.content.decode()
    assert list(eve.user_permissions.all()) == given


def test_an_outdated_form_does_not_restore_a_groups_permission(admin: Client) -> None:
    clerks = Group.objects.create(name="Clerks")
    order, product = permissions("add_order", "add_product")
    clerks.permissions.set([order, product])
    old = form_of(admin, path(clerks))

    assert saved(admin.post(path(clerks), {**old, "permissions": keys([order])}))
    response = admin.post(path(clerks), {**old, "name": "Sellers"})

    assert not saved(response)
    assert "Permissions was changed meanwhile" in response.content.decode()
    clerks.refresh_from_db()
    assert (clerks.name, list(clerks.permissions.all())) == ("Clerks", [order])


def test_permissions_are_added_and_removed(admin: Client, eve: User) -> None:
    order, product = permissions("add_order", "add_product")
    clerks = Group.objects.create(name="Clerks")

    assert change(admin, path(clerks), permissions=keys([order, product]), name="Sellers")
    given = {"groups": keys([clerks]), "user_permissions": keys([product])}
    assert change(admin, path(eve), **given, is_staff=[], first_name="Eve")

    eve.refresh_from_db()
    clerks.refresh_from_db()
    assert (eve.first_name, eve.is_active, eve.is_staff) == ("Eve", True, False)
    assert (list(eve.groups.all()), list(eve.user_permissions.all())) == ([clerks], [product])
    assert keys(clerks.permissions.all()) == keys([order, product])
    assert clerks.name == "Sellers"


def test_a_form_refused_for_its_username_is_accepted_once_corrected(
    admin: Client, eve: User
) -> None:
    clerks = Group.objects.create(name="Clerks")
    form = {**form_of(admin, path(eve)), "groups": keys([clerks])}
    again = admin.post(path(eve), {**form, "username": "not / a name"})
    assert not saved(again)

    assert saved(admin.post(path(eve), {**read(again), "username": "eva"}))

    assert list(User.objects.get(username="eva").groups.all()) == [clerks]


def test_a_login_in_the_meantime_does_not_outdate_a_form(admin: Client, eve: User) -> None:
    form = form_of(admin, path(eve))
    User.objects.filter(pk=eve.pk).update(last_login=timezone.now())

    assert saved(admin.post(path(eve), {**form, "first_name": "Eve"}))

    eve.refresh_from_db()
    assert eve.first_name == "Eve"
    assert eve.last_login is not None and eve.check_password("pa55word")


def test_the_form_of_a_user_does_not_contain_the_password_hash(admin: Client, eve: User) -> None:
    assert eve.password not in page(admin, path(eve))
    assert "initial-password" not in page(admin, path(eve))


def test_a_user_is_added_and_given_a_password(admin: Client) -> None:
    passwords = {"password1": "battery staple", "password2": "battery staple"}
    add = {"username": "bob", "usable_password": "true", **passwords}

    assert saved(admin.post("/admin/auth/user/add/", add))

    bob = User.objects.get(username="bob")
    assert bob.check_password("battery staple") and not bob.is_staff
    new = {"password1": "correct battery", "password2": "correct battery"}
    password = path(bob).replace("change/", "password/")
    assert saved(admin.post(password, {**new, "usable_password": "true"}))
    bob.refresh_from_db()
    assert bob.check_password("correct battery")
