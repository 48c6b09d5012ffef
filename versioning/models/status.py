"""Which tables have changes that are in no commit."""

from __future__ import annotations

from django.db import models


class Status(models.Model):
    """A table with changes that are in no commit yet."""

    table_name = models.CharField(primary_key=True, max_length=200)
    staged = models.BooleanField()
    status = models.TextField()

    class Meta:
        managed = False
        db_table = "dolt_status"
        verbose_name_plural = "status"

    def __str__(self) -> str:
        return f"{self.table_name}: {self.status}"
