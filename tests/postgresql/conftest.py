"""Collects the tests of this folder on PostgreSQL only: they are about nothing else."""

from __future__ import annotations

from django.conf import settings

collect_ignore_glob = [] if settings.BACKEND == "postgresql" else ["*.py"]
