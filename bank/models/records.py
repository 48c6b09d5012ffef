"""Records that the application keeps for itself."""

from __future__ import annotations

from django.db import models
from django.db.models import Index, UniqueConstraint

from bank.fields import CompressedTextField


class IdempotencyRecord(models.Model):
    """The response to a request with an Idempotency-Key, stored in case the request is repeated."""

    client = models.CharField(max_length=64, help_text="SHA-256 of the client's name and the key.")
    key = models.CharField(max_length=255)
    request = models.CharField(max_length=64, help_text="SHA-256 of method, path and body.")
    body: models.Field[str, str] = CompressedTextField(db_column="compressed_body")
    location = models.CharField(max_length=250)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "stored_answers"  # the model's first name; existing databases have this table
        constraints = [
            # Of two concurrent requests with one key the second is refused here; it is run again
            # and finds the first one's response.
            UniqueConstraint(fields=["client", "key"], name="stored_answer_once_per_key")
        ]
        indexes = [Index(fields=["created"], name="stored_answer_created_index")]

    def __str__(self) -> str:
        return self.key


class UnfinishedCopy(models.Model):
    """A marker: its row exists while the data of another bank is being copied into this one."""

    started = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "unfinished_copies"
        verbose_name_plural = "unfinished copies"

    def __str__(self) -> str:
        return f"Copy of {self.started}"


class DemoData(models.Model):
    """The progress of the demo data, in at most one row: see bank/demo.py."""

    orders = models.BigIntegerField()
    wanted = models.BigIntegerField()

    class Meta:
        db_table = "demo_data"
        verbose_name_plural = "demo data"

    def __str__(self) -> str:
        return f"{self.orders} of {self.wanted} demo orders"
