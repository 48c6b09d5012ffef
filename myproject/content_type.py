"""Ignore the charset of a Content-Type: JSON and forms are always read as UTF-8."""

from __future__ import annotations

import re

BOUNDARY = re.compile(r""";\s*boundary\s*=\s*("[^"\\]+"|[^\s;"]+)""", re.IGNORECASE)


def without_charset(content_type: str) -> str:
    """Return the media type without its parameters, except the boundary of a multipart form.

    Django decodes even the query string with the charset of the Content-Type. If that is a codec
    that is not for text (`hex`), Django fails before any middleware can answer.
    """
    media_type, semicolon, _ = content_type.partition(";")
    boundary = BOUNDARY.search(content_type) if semicolon else None
    return f"{media_type.strip()}; boundary={boundary[1]}" if boundary else media_type.strip()
