"""INSERT with given keys, and UPDATE with computed values."""

from __future__ import annotations

from djongo.sql2mongo import query

from backends.djongo.driver.connection import SCHEMA
from backends.djongo.translation.expressions import ComputedValue


class InsertQuery(query.InsertQuery):
    def execute(self) -> None:
        """Insert. Given keys raise the key counter, so that no later key equals one of them."""
        super().execute()
        if "id" in self._cols:
            position = self._cols.index("id")
            keys = [row[position] for row in self._values if isinstance(row[position], int)]
            counter = {"name": self.left_table, "auto.field_names": "id"}
            if keys:
                self.db[SCHEMA].update_one(counter, {"$max": {"auto.seq": max(keys)}})

    def count(self) -> int:
        """Return the number of inserted rows, for which Djongo has no method."""
        return len(self._values)


class UpdateQuery(query.UpdateQuery):
    def execute(self) -> None:
        """Update all rows if there is no WHERE; use a pipeline if values are computed.

        In a pipeline every other value must be declared as literal.
        """
        self.kwargs.setdefault("filter", {})
        columns = self.kwargs["update"]["$set"]
        if any(isinstance(value, ComputedValue) for value in columns.values()):
            values = {
                name: value.value if isinstance(value, ComputedValue) else {"$literal": value}
                for name, value in columns.items()
            }
            self.kwargs["update"] = [{"$set": values}]
        super().execute()
