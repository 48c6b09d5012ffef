"""Relations, as Django's own applications and every page of a shop use them."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.contrib.auth.tokens import default_token_generator
from django.contrib.auth.views import PasswordResetConfirmView
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.backends.db import SessionStore
from django.test import RequestFactory
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from tests.guarantees.cells import Observe
from tests.orm.library import book
from tests.orm.models import Author, Choice, Club, Member
from tests.orm.observed import raw_value, statements, support

pytestmark = pytest.mark.django_db


@pytest.mark.feature("Django's requirements", "ordering of permissions across relations")
def test_permissions_are_ordered_by_their_content_type(observe: Observe) -> None:
    for app, model in (("b", "x"), ("a", "y"), ("a", "x")):
        kind = ContentType.objects.create(app_label=app, model=model)
        for code in ("view", "add"):
            Permission.objects.create(content_type=kind, codename=code, name=code)

    with statements() as sent:
        permissions = Permission.objects.filter(content_type__app_label__in=["a", "b"])
        found = [
            (each.content_type.app_label, each.content_type.model, each.codename)
            for each in permissions.select_related("content_type")
        ]

    assert found == sorted(found) and len(found) == 6
    observe(support(native=len(sent) == 1))


@pytest.mark.feature("Django's requirements", "select_related in one query")
def test_select_related_follows_two_foreign_keys_in_one_query(observe: Observe) -> None:
    emma = book("Emma", Author.objects.create(name="Austen"))
    Choice.objects.create(club=Club.objects.create(name="Readers"), book=emma, rank=1)

    with statements() as sent:
        [choice] = Choice.objects.select_related("club", "book__author")
        names = (choice.club.name, choice.book.name, choice.book.author.name)

    assert names == ("Readers", "Emma", "Austen")
    observe(support(native=len(sent) == 1))


@pytest.mark.feature("Django's requirements", "password-reset links with non-integer keys")
def test_a_password_reset_link_works_with_a_non_integer_key(
    observe: Observe, settings: Any
) -> None:
    user = User.objects.create(username="carl", last_login=None)
    assert _link_works(user)

    settings.AUTH_USER_MODEL = "orm.Member"
    member = Member.objects.create(email="carl@example.org")

    assert _link_works(member)
    stored = [raw_value(each._meta.base_manager.all(), "pk") for each in (user, member)]
    observe(support(any(not isinstance(key, int | str) for key in stored)))


def _link_works(user: Any) -> bool:
    """Whether Django's view accepts the link of this user and asks for a new password."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    token = default_token_generator.make_token(user)
    request = RequestFactory().get(f"/reset/{uid}/{token}/")
    request.session = SessionStore()
    answer = PasswordResetConfirmView.as_view()(request, uidb64=uid, token=token)
    return answer.status_code == 302 and answer["Location"] == f"/reset/{uid}/set-password/"
