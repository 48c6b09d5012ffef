"""How PostgreSQL stores responses for an Idempotency-Key, and refuses a second one for a key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.db import IntegrityError, connection
from django.test import Client

from bank.models import IdempotencyRecord
from tests.api import Api
from tests.threads import at_once

KEY = {"Idempotency-Key": "8e03978e-40d5-43dd-bc93-6894a57f9324"}


def test_answers_are_stored_compressed(api: Api) -> None:
    name = "Dé" * 125
    api.post("/customer/", {"name": name}, **KEY)

    with connection.cursor() as cursor:
        cursor.execute("SELECT compressed_body FROM stored_answers")
        [(stored,)] = cursor.fetchall()

    assert len(bytes(stored)) < 100
    assert name in IdempotencyRecord.objects.get().body


@pytest.mark.django_db(transaction=True)
def test_a_unique_violation_of_a_repeated_request_returns_the_first_response() -> None:
    api = Api(Client())
    first = api.post("/customer/", {"name": "Carl"}, **KEY)
    stored = IdempotencyRecord.objects.get()
    IdempotencyRecord.objects.all().delete()
    refused: list[Exception] = []

    def insert(_: int) -> None:
        # Not SERIALIZABLE, so that the constraint refuses the other insert.
        with connection.cursor() as cursor:
            cursor.execute(
                "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED"
            )
        stored.save(force_insert=True)

    def overtake(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if not refused and sql.startswith('INSERT INTO "stored_answers"'):
            at_once(insert, [0], threads=1)
        try:
            return execute(sql, *rest)
        except IntegrityError as error:
            refused.append(error)
            raise

    with connection.execute_wrapper(overtake):
        again = api.client.post("/customer/", b'{"name": "Carl"}', "application/json", headers=KEY)

    assert [str(error).partition("\n")[0] for error in refused] == [
        'duplicate key value violates unique constraint "stored_answer_once_per_key"'
    ]
    assert (again.status_code, again.content) == (200, first.content)
    assert api.list("/customer/") == [first.json()]


@pytest.mark.django_db(transaction=True)
def test_the_renamed_permissions_survive_a_reversed_and_repeated_migration() -> None:
    permissions = Permission.objects.filter(content_type__app_label="bank").order_by("pk")
    before = list(permissions.values_list("pk", "codename", "name"))

    call_command("migrate", "bank", "0010", verbosity=0)
    reversed_names = set(permissions.values_list("codename", flat=True))
    call_command("migrate", verbosity=0)

    assert "add_storedanswer" in reversed_names
    assert "add_idempotencyrecord" not in reversed_names
    assert list(permissions.values_list("pk", "codename", "name")) == before
