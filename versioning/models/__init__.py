"""Dolt's system tables as models: reading them is a query, saving one calls a procedure.

https://docs.dolthub.com/sql-reference/version-control/dolt-system-tables

And change requests with their reviews, which are ordinary tables of the database `site`.
"""

from versioning.models.branches import Branch
from versioning.models.commits import Commit
from versioning.models.remotes import Remote
from versioning.models.requests import ChangeRequest
from versioning.models.reviews import Review
from versioning.models.status import Status
from versioning.models.tags import Tag

__all__ = ["Branch", "ChangeRequest", "Commit", "Remote", "Review", "Status", "Tag"]
