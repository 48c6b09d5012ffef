"""How a body is to be read is not for the client to say: JSON and forms are UTF-8."""

from __future__ import annotations

import re

BOUNDARY = re.compile(r""";\s*boundary\s*=\s*("[^"\\]+"|[^\s;"]+)""", re.IGNORECASE)


def without_charset(content_type: str) -> str:
    """The media type without its parameters, but for the boundary of a multipart form.

    Django decodes even the query string in the charset of the Content-Type, and where that is a
    codec but none of text (`hex`) it fails before any middleware could answer.
    """
    media_type, semicolon, _ = content_type.partition(";")
    boundary = BOUNDARY.search(content_type) if semicolon else None
    return f"{media_type.strip()}; boundary={boundary[1]}" if boundary else media_type.strip()
