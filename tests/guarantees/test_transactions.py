"""What a transaction can contain besides rows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.apps.registry import Apps
from django.db import DatabaseError, connection, models

from tests.guarantees.cells import Observe
from tests.guarantees.sessions import transaction
from tests.orm.models import Author, Book
from tests.owner import as_owner

pytestmark = pytest.mark.django_db(transaction=True)


class RollBack(Exception):
    """Raised to end a transaction."""


class Made(models.Model):
    """A table that is made in a transaction."""

    class Meta:
        app_label = "orm"
        apps = Apps()

    def __str__(self) -> str:
        return str(self.pk)


@pytest.fixture
def owner() -> Iterator[None]:
    """Let the test make a table, and drop it afterwards if it is there."""
    with as_owner():
        yield
        if _made():
            with connection.schema_editor() as editor:
                editor.delete_model(Made)


def _made() -> bool:
    return Made._meta.db_table in connection.introspection.table_names()


@pytest.mark.feature("transactions", "CREATE TABLE can be rolled back")
def test_a_table_is_made_in_a_transaction_that_fails(owner: None, observe: Observe) -> None:
    with pytest.raises(RollBack), transaction():
        if connection.vendor == "mongodb":  # as its migrations do
            connection.database.create_collection(Made._meta.db_table)
        else:
            with connection.cursor() as cursor:
                cursor.execute(*connection.schema_editor().table_sql(Made))
        raise RollBack

    observe("no" if _made() else "yes")


@pytest.mark.feature("transactions", "foreign keys are checked at COMMIT (deferred)")
def test_a_row_refers_to_one_that_is_inserted_later(observe: Observe) -> None:
    author = Author.objects.create(name="Austen")
    key = author.pk
    author.delete()

    def commit(late: bool) -> bool:
        """Insert a book, then perhaps its author; return whether that was committed."""
        try:
            with transaction():
                Book.objects.create(name="Emma", author_id=key)
                if late:
                    Author(pk=key, name="Austen").save(force_insert=True)
        except DatabaseError:
            return False
        return True

    refused, accepted = not commit(late=False), commit(late=True)

    observe("yes" if refused and accepted else "no")
