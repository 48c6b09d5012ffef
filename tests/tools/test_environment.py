"""What the settings make of the variables in the environment, and which values they refuse."""

from __future__ import annotations

from hashlib import sha256

import pytest
from django.core.exceptions import ImproperlyConfigured

from settings import environment

LONG = "0123456789abcdef"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("", {}),
        ("ann:one", {"one": "ann"}),
        (" ann : one , bob:two,", {"one": "ann", "two": "bob"}),
        ("ann:old,ann:new", {"old": "ann", "new": "ann"}),
        ("ann:one,ann:one", {"one": "ann"}),
        ("one", {"one": sha256(b"one").hexdigest()[:16]}),
    ],
)
def test_api_tokens_name_the_client_of_each_token(
    monkeypatch: pytest.MonkeyPatch, value: str, expected: dict[str, str]
) -> None:
    monkeypatch.setenv("API_TOKENS", value)

    assert environment.api_tokens() == expected


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (",", "API_TOKENS is set, but has no token"),
        (" ", "API_TOKENS is set, but has no token"),
        (f"ann:{LONG},:two-{LONG}", "API_TOKENS, entry 2: write `name:token`"),
        ("ann:", "API_TOKENS, entry 1: write `name:token`"),
        (f"ann:x:{LONG}", "API_TOKENS, entry 1: write `name:token`"),
        (f"ann:two words {LONG}", "API_TOKENS, entry 1: a token has at least 16 visible ASCII"),
        (f"ann:sécret{LONG}", "API_TOKENS, entry 1: a token has at least 16 visible ASCII"),
        (f"ann:{LONG[1:]}", "API_TOKENS, entry 1: a token has at least 16 visible ASCII"),
        (LONG[1:], "API_TOKENS, entry 1: a token has at least 16 visible ASCII"),
        (f"ann:{LONG},bob:{LONG}", "API_TOKENS: 'ann' and 'bob' have the same token"),
    ],
)
def test_api_tokens_that_are_none_are_refused_and_never_shown(
    monkeypatch: pytest.MonkeyPatch, value: str, message: str
) -> None:
    monkeypatch.setenv("API_TOKENS", value)

    with pytest.raises(ImproperlyConfigured) as refused:
        environment.api_tokens(shortest=16)

    assert str(refused.value).startswith(message)
    assert LONG[1:] not in str(refused.value)
