"""Django's `flush`, which ends every test that cannot be rolled back, in a fifth of its time."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management.commands import flush
from django.db import connections

from tests import written

KEPT = (ContentType, Permission)
Rows = list[list[tuple[Any, ...]]]


class Command(flush.Command):
    """Empties the tables that were written, except those that `migrate` has filled.

    Django would delete those rows and insert them again, with some 60 statements per test. The
    tables are compared with what they were after `migrate`; where a test has changed them it does
    so here too. Where it is not known which tables were written (tests/written.py) it is all.
    """

    after_migrate: Rows | None = None

    def handle(self, **options: Any) -> None:
        changed = written.tables()
        kept = {model._meta.db_table for model in KEPT}
        if (changed is None or changed & kept) and _rows() != Command.after_migrate:
            super().handle(**options)
            Command.after_migrate = _rows()
        else:
            connection = connections[options["database"]]
            if tables := _tables(connection, changed) - kept:
                connection.ensure_connection()
                sql = connection.ops.sql_flush(self.style, sorted(tables), reset_sequences=False)
                connection.ops.execute_sql_flush(sql)
        written.emptied()


def _tables(connection: Any, changed: set[str] | None) -> set[str]:
    if changed is None:
        return set(connection.introspection.django_table_names(only_existing=True))
    return changed.intersection(connection.introspection.django_table_names())


def _rows() -> Rows:
    return [list(model._default_manager.order_by("pk").values_list()) for model in KEPT]
