"""Answers kept for repeated requests are deleted after settings.IDEMPOTENCY_KEY_LIFETIME."""

from __future__ import annotations

import itertools
import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from bank.models import IdempotencyRecord
from bank.transactions import retry_transaction

logger = logging.getLogger(__name__)
# Of a process's requests with a key, every so many deletes so many expired answers: more than were
# stored meanwhile, so that the table stays bounded, and few enough to delay nobody.
EVERY, BATCH = 50, 200
_requests = itertools.count()


def expiry() -> datetime:
    """Answers created before this moment are not replayed."""
    lifetime: timedelta = settings.IDEMPOTENCY_KEY_LIFETIME
    return timezone.now() - lifetime


@retry_transaction
def forget(before: datetime) -> int:
    """Delete at most BATCH answers created before this, the oldest first; return how many."""
    old = IdempotencyRecord.objects.filter(created__lt=before).order_by("created")
    keys = list(old.values_list("pk", flat=True)[:BATCH])
    if keys:
        IdempotencyRecord.objects.filter(pk__in=keys).delete()
    return len(keys)


def forget_now_and_then() -> None:
    """Call after each request with a key, outside of its transaction. Never raises."""
    if next(_requests) % EVERY:
        return
    try:
        forget(expiry())
    except Exception:
        logger.warning("Expired answers were not deleted; a later request will.", exc_info=True)
