"""Dolt's system tables as models: reading them is a query, saving one calls a procedure.

https://docs.dolthub.com/sql-reference/version-control/dolt-system-tables
"""

from versioning.models.branches import Branch
from versioning.models.commits import Commit
from versioning.models.status import Status
from versioning.models.tags import Tag

__all__ = ["Branch", "Commit", "Status", "Tag"]
