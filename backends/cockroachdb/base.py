"""django-cockroachdb, with what our PostgreSQL engine adds to Django's."""

from __future__ import annotations

from django_cockroachdb import base

from backends.postgresql.base import Session


class DatabaseWrapper(Session, base.DatabaseWrapper):
    """The driver is PostgreSQL's, and a node that stops, drains or dies closes its connections."""

    def server_version(self) -> str:
        """Return the server's product and version, e.g. "CockroachDB 26.2.5"."""
        with self.cursor() as cursor:
            cursor.execute("SELECT version()")  # CockroachDB CCL v26.2.5 (x86_64-pc-linux-gnu, …)
            return str(cursor.fetchone()[0]).partition(" (")[0].replace(" CCL v", " ")
