"""The secret of the forms that are opened on a branch."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from versioning.signatures import MAIN


class BranchForms:
    """Lets no form be executed on a branch of another name than the one it was opened for.

    While a session is on a branch, the secret of its CSRF tokens is in the session, beside the
    branch, and not in a cookie. A session that ends, by a logout or because its cookie is lost,
    takes the secret with it: a form that was opened for the branch is then refused, not executed on
    main. It must be between SessionMiddleware and CsrfViewMiddleware.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        name = settings.CSRF_COOKIE_NAME
        if _on_branch(request):
            request.COOKIES[name] = request.session.get("dolt-csrf", "")
        response = self.get_response(request)
        cookie = response.cookies.pop(name, None) if _on_branch(request) else None
        if cookie and cookie.value != request.session.get("dolt-csrf"):
            request.session["dolt-csrf"] = cookie.value
        return response


def _on_branch(request: HttpRequest) -> bool:
    return bool(request.session.get("dolt-branch", MAIN) != MAIN)
