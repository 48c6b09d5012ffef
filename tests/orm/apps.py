"""The test application. It has no migrations: its tables come with the test database."""

from __future__ import annotations

from django.apps import AppConfig


class OrmConfig(AppConfig):
    name = "tests.orm"
