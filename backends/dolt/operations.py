"""Django's MySQL operations, with the compilers of backends/dolt/compiler.py."""

from __future__ import annotations

from django.db.backends.mysql import operations


class DatabaseOperations(operations.DatabaseOperations):
    compiler_module = "backends.dolt.compiler"
