"""What a request says of version control: its branch, and the author and message of its commit."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from versioning.errors import WrongHeader
from versioning.signatures import MAIN, Signature, author


def wanted_branch(request: HttpRequest) -> str:
    """Return the branch of the header Dolt-Branch, or of ?branch=, or main if there is neither.

    A header that is not ASCII arrives empty, and "" is no branch: it does not mean main.
    """
    if "Dolt-Branch" in request.headers:
        return str(request.headers["Dolt-Branch"])
    return request.GET.get("branch", MAIN)


def given_message(request: HttpRequest) -> str:
    """Return the header Dolt-Message, or "" if there is none; raise WrongHeader if it is empty."""
    if "Dolt-Message" not in request.headers:
        return ""
    text = str(request.headers["Dolt-Message"]).strip()
    if not text or not text.isascii():
        raise WrongHeader("Dolt-Message")
    return text


def signature(request: HttpRequest) -> Signature:
    """Return the author and the message of the commit that this request makes."""
    user: Any = getattr(request, "user", None)
    if user is not None:
        who = author(user.get_username(), getattr(user, "email", ""))
    else:
        who = author(str(getattr(request, "auth", "")))
    key = request.headers.get("Idempotency-Key")
    default = f"{request.method} {request.path_info}"
    if key:
        default += f"\n\nIdempotency-Key: {key}"
    return Signature(given_message(request) or default, who)
