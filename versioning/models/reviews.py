"""Reviews of change requests."""

from __future__ import annotations

from django.db import models

from versioning.approvals import DECISIONS
from versioning.models.requests import ChangeRequest


class Review(models.Model):
    """What one reviewer said of one commit, the latest of the source branch at that time."""

    request = models.ForeignKey(ChangeRequest, models.CASCADE, related_name="reviews")
    reviewer = models.TextField()
    decision = models.CharField(max_length=15, choices=[(word, word) for word in DECISIONS])
    text = models.TextField(blank=True, max_length=10_000)
    commit = models.CharField(max_length=40)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "reviews"

    def __str__(self) -> str:
        return f"{self.reviewer}: {self.decision}"
