"""Idempotency records are deleted after settings.IDEMPOTENCY_KEY_LIFETIME."""

from __future__ import annotations

import itertools
import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from bank.models import IdempotencyRecord
from bank.transactions import retry_transaction

logger = logging.getLogger(__name__)
# Each EVERY-th request with a key of a process deletes up to BATCH expired records: more than were
# stored in between, so that the table stays bounded, and few enough to take little time.
EVERY, BATCH = 50, 200
_requests = itertools.count()


def expiry() -> datetime:
    """Return the datetime before which records are expired, and their responses not replayed."""
    lifetime: timedelta = settings.IDEMPOTENCY_KEY_LIFETIME
    return timezone.now() - lifetime


@retry_transaction
def delete_before(before: datetime) -> int:
    """Delete at most BATCH records created before this, the oldest first; return how many."""
    old = IdempotencyRecord.objects.filter(created__lt=before).order_by("created")
    keys = list(old.values_list("pk", flat=True)[:BATCH])
    if keys:
        IdempotencyRecord.objects.filter(pk__in=keys).delete()
    return len(keys)


def delete_some_expired() -> None:
    """Call after each request with a key, outside of its transaction. Never raises."""
    if next(_requests) % EVERY:
        return
    try:
        delete_before(expiry())
    except Exception:
        logger.warning("Expired idempotency records were not deleted; will retry.", exc_info=True)
