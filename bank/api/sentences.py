"""What is wrong with a value, as a sentence for the person who sent it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bank.api.from_model import NO_NUL

VISIBLE = "A {member} has at least one visible character, and no NUL."
# By the type of pydantic's error, or its first word: https://docs.pydantic.dev/latest/errors/
SENTENCES = {
    "missing": "This is required.",
    "model": "Must be a JSON object.",
    "list": "Must be a JSON array.",
    "too_long": "At most {max_length} entries.",
    "string_type": "Must be a text in quotes.",
    "string_unicode": "Must be a text without half characters (lone surrogates).",
    "string_too_long": "At most {max_length} characters.",
    "string_too_short": VISIBLE,
    "string_pattern_mismatch": VISIBLE,
    "int": "Must be a whole number.",
    "greater_than_equal": "At least {ge}.",
    "less_than_equal": "At most {le}.",
    "bool": "Must be true or false.",
    "literal_error": "Must be {expected}.",
    "date": "Must be a date, such as 2026-01-31.",
    "datetime": "Must be a date and time, such as 2026-01-31T12:00:00Z.",
    "timezone": "Must have a time zone, such as the Z in 2026-01-31T12:00:00Z.",
}


def sentence(error: Mapping[str, Any]) -> str:
    """Return the sentence for one of pydantic's errors, without pydantic's own words."""
    kind, given = error["type"], error.get("ctx", {})
    if kind == "value_error":  # raised by a check of ours, or by a column's
        return str(given["error"])
    if given.get("pattern") == NO_NUL:
        return f"A {error['loc'][-1]} has no NUL."
    words = SENTENCES.get(kind) or SENTENCES.get(kind.split("_")[0], "This value is not valid.")
    return words.format(member=error["loc"][-1], **given)
