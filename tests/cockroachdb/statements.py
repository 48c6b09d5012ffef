"""Print the statements that the bank's migrations send to CockroachDB 26.2, one per line.

`COCKROACHDB_URL=… python -m tests.cockroachdb.statements` opens no connection: the server's
version, which the engine would query, is set here.
"""

from __future__ import annotations

import os
from typing import Any
from unittest.mock import patch

import django
from django.db import connection
from django.db.migrations.loader import MigrationLoader

os.environ["DJANGO_SETTINGS_MODULE"] = "settings.cockroachdb"


def statements() -> list[str]:
    """Return the SQL of all migrations of the bank, in order, without those they depend on."""
    loader = MigrationLoader(None)
    state = loader.project_state([])
    collected: list[str] = []
    for key in loader.graph.forwards_plan(loader.graph.leaf_nodes("bank")[0]):
        with connection.schema_editor(collect_sql=True, atomic=False) as editor:
            state = loader.graph.nodes[key].apply(state, editor, collect_sql=True)
        collected += editor.collected_sql if key[0] == "bank" else []
    return [line for line in collected if not line.startswith("--")]


def compose(sql: str, params: Any) -> str:
    """Interpolate the values like the driver, which would need a connection."""
    quote = connection.SchemaEditorClass(connection).quote_value
    return sql % tuple(map(quote, params or ()))


if __name__ == "__main__":
    django.setup()
    connection.cockroachdb_version = (26, 2, 5)
    with (
        patch.object(connection, "ensure_connection"),
        patch.object(connection.ops, "compose_sql", compose),
    ):
        print(*statements(), sep="\n")
