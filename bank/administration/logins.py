"""Throttled logins: checking a password takes a third of a second of CPU, by design.

Each process checks one password at a time. Other logins are refused at once, without a check, and
so are logins from an address that recently sent wrong passwords. Failures are counted in Django's
cache: per process, unless CACHES names a shared one. Packages that count them (django-axes,
django-ratelimit) require a shared cache or tables, and do not limit concurrent checks.
"""

from __future__ import annotations

import hashlib
import threading
from typing import Any

from django.conf import settings
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest

PERIOD = 300  # seconds, beginning with the first failure
PAUSE = 2  # seconds after the first failure, for its address; then 4, 8, 16
FAILURES_OF_A_USER = 5  # from one address in a period
FAILURES_OF_AN_ADDRESS = 50  # for all usernames: an office may share an address
checking = threading.Lock()


class LoginForm(AdminAuthenticationForm):
    """Django's form, throttled; `retry_after` (seconds) is set if the password was not checked."""

    request: HttpRequest
    retry_after = 0

    def clean(self) -> dict[str, Any]:
        username, password = map(self.cleaned_data.get, ("username", "password"))
        if not (username and password):
            return super().clean()
        here = address(self.request)
        by_user, by_address = _key(here, username), _key(here)
        if (
            cache.get(by_user, 0) >= FAILURES_OF_A_USER
            or cache.get(by_address, 0) >= FAILURES_OF_AN_ADDRESS
        ):
            raise self._refusal(PERIOD, "Too many wrong passwords: try again in 5 minutes.")
        if pause := cache.get(f"{by_address}-pause"):
            raise self._refusal(
                pause,
                f"A wrong password was given from your address. Try again in {pause} seconds.",
            )
        if not checking.acquire(blocking=False):
            raise self._refusal(1, "Somebody else is logging in: try again in a second.")
        try:
            cleaned = super().clean()
        except ValidationError:
            _count(by_address)
            pause = PAUSE * 2 ** (_count(by_user) - 1)
            cache.set(f"{by_address}-pause", pause, pause)
            raise
        finally:
            checking.release()
        cache.delete(by_user)
        return cleaned

    def _refusal(self, seconds: int, message: str) -> ValidationError:
        self.retry_after = seconds
        return ValidationError(message)


def address(request: HttpRequest) -> str:
    """Return the client's address: with DEPLOY the last one in the proxy's X-Forwarded-For."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.DEPLOY else ""
    return forwarded.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", "")


def _key(*parts: str) -> str:
    return f"wrong-passwords-{hashlib.sha256(repr(parts).encode()).hexdigest()}"


def _count(key: str) -> int:
    """Count a failure; return how many there are now."""
    cache.add(key, 0, PERIOD)
    return cache.incr(key)
