"""The environment variables of the application; the database's is in settings/database_url.py."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

from django.core.checks.security.base import (
    SECRET_KEY_INSECURE_PREFIX,
    SECRET_KEY_MIN_LENGTH,
    SECRET_KEY_MIN_UNIQUE_CHARACTERS,
)
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key

HOST = r"\.?[^*/:.][^*/:]*|\[[0-9a-fA-F:.]+\]"
TRUE, FALSE = ("1", "true", "yes", "on"), ("", "0", "false", "no", "off")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
LOCAL_HOSTS = ["localhost", "127.0.0.1", "[::1]", "0.0.0.0"]  # noqa: S104 - see allowed_hosts()


def variable(name: str) -> str:
    """Return the value of a variable or, if it is empty, the content of the file NAME_FILE names.

    Such a file can be a Docker secret: https://docs.docker.com/compose/how-tos/use-secrets/
    Returns "" if neither is set. Raises ImproperlyConfigured if the file is empty, or not text.
    """
    value, file = os.environ.get(name), os.environ.get(f"{name}_FILE")
    if value or not file:
        return value or ""
    try:
        content = Path(file).read_text().strip()
    except (OSError, ValueError) as error:
        raise ImproperlyConfigured(f"{name}_FILE cannot be read: {error}.") from error
    if not content:
        raise ImproperlyConfigured(f"{name}_FILE: {file} is empty.")
    return content


def words(name: str) -> list[str]:
    """Return the comma-separated words of a variable, stripped, without empty ones."""
    return [word.strip() for word in variable(name).split(",") if word.strip()]


def flag(name: str) -> bool:
    """Return whether a variable is 1, true, yes or on, as opposed to 0, false, no, off or unset.

    Raises ImproperlyConfigured for other values.
    """
    value = os.environ.get(name, "").strip().lower()
    if value not in TRUE + FALSE:
        raise ImproperlyConfigured(
            f"{name} is {value!r}, which is neither 1 nor 0: give one of them."
        )
    return value in TRUE


def require(*names: str) -> None:
    """Raise ImproperlyConfigured with the names of all variables that are missing, if any is."""
    if missing := [name for name in names if not words(name)]:
        raise ImproperlyConfigured(
            f"A deployed application needs {', '.join(missing)} in its environment."
        )


def log_level() -> str:
    """Return LOG_LEVEL in capitals, or WARNING if it is not set.

    Raises ImproperlyConfigured for a value that is not a level.
    """
    level = os.environ.get("LOG_LEVEL", "").strip().upper() or "WARNING"
    if level not in LOG_LEVELS:
        raise ImproperlyConfigured(f"LOG_LEVEL is {level!r}; it can be {', '.join(LOG_LEVELS)}.")
    return level


def secret_key(*, deployed: bool) -> str:
    """Return SECRET_KEY, or a random key if it is not set.

    Raises ImproperlyConfigured for a weak key if deployed. Weak is defined as in Django's check
    security.W009, which does not run at every start:
    https://docs.djangoproject.com/en/5.2/ref/checks/#security
    """
    key = variable("SECRET_KEY") or get_random_secret_key()
    weak = (
        len(key) < SECRET_KEY_MIN_LENGTH
        or len(set(key)) < SECRET_KEY_MIN_UNIQUE_CHARACTERS
        or key.startswith(SECRET_KEY_INSECURE_PREFIX)
    )
    if deployed and weak:
        raise ImproperlyConfigured(
            f"SECRET_KEY is weak: give at least {SECRET_KEY_MIN_LENGTH} random characters, "
            f"as `openssl rand -base64 48` makes them."
        )
    return key


def allowed_hosts(*, deployed: bool) -> list[str]:
    """Return ALLOWED_HOSTS, or the names of this machine if it is not set.

    0.0.0.0 is one of these, because the tutorial's curl lines use it. Raises ImproperlyConfigured
    for a value that is not a host name and, if deployed, for `*`.
    """
    hosts = words("ALLOWED_HOSTS") or LOCAL_HOSTS
    wrong = [host for host in hosts if not re.fullmatch(HOST, host)]
    if wrong and (deployed or wrong != ["*"]):
        raise ImproperlyConfigured(
            f"ALLOWED_HOSTS: {wrong[0]!r} is not a host's name: write bank.example.org, or "
            f".example.org for all of its sub-domains, without scheme and port."
        )
    return hosts


def api_tokens(*, shortest: int = 1) -> dict[str, str]:
    """Return API_TOKENS as a mapping of token to client name.

    The variable has comma-separated entries `name:token`, or tokens without a name, whose client is
    named after the token's digest. A client may have two tokens, so that one can be replaced while
    both are valid. Raises ImproperlyConfigured for an invalid entry, or a token with fewer than
    `shortest` characters; no message shows a token.
    """
    found: dict[str, str] = {}
    for number, entry in enumerate(words("API_TOKENS"), 1):
        name, token = _client(entry, f"API_TOKENS, entry {number}:", shortest)
        if found.setdefault(token, name) != name:
            raise ImproperlyConfigured(
                f"API_TOKENS: {found[token]!r} and {name!r} have the same token; give each its own."
            )
    if variable("API_TOKENS") and not found:
        raise ImproperlyConfigured("API_TOKENS is set, but has no token; add one or unset it.")
    return found


def _client(entry: str, where: str, shortest: int) -> tuple[str, str]:
    """Return name and token of one entry of API_TOKENS; `where` begins the error message."""
    name, colon, token = (part.strip() for part in entry.rpartition(":"))
    if not token or ":" in name or (colon and not name):
        raise ImproperlyConfigured(f"{where} write `name:token`, or a token without a colon.")
    if len(token) < shortest or not all("!" <= character <= "~" for character in token):
        raise ImproperlyConfigured(
            f"{where} a token has at least {shortest} visible ASCII characters; "
            f"`openssl rand -hex 16` makes one."
        )
    return name or hashlib.sha256(token.encode()).hexdigest()[:16], token
