"""The host names by which clients may call this server, and the length of responses."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from bank.api.problems import Problem

logger = logging.getLogger("bank.hosts")
MONITORED = ("/ping/", "/health/")  # a load balancer calls an IP address, not a host name
REMEMBERED = 100  # accepted values of Host; there are more if ALLOWED_HOSTS has a wildcard


class AllowedHosts:
    """Answers a Host that is not in ALLOWED_HOSTS with a problem document and one log line.

    Django would log a traceback for each, and any client could fill the log with them. Requests of
    monitors are answered for any Host, because nothing in their responses depends on it.
    In place of CommonMiddleware, it also sets Content-Length.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.accepted: set[str | None] = set()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        host = request.META.get("HTTP_HOST")
        if host not in self.accepted and request.path_info not in MONITORED:
            if refused := _refused(request):
                return refused
            if len(self.accepted) < REMEMBERED:
                self.accepted.add(host)
        response = self.get_response(request)
        if isinstance(response, HttpResponse) and "Content-Length" not in response:
            response["Content-Length"] = str(len(response.content))
        return response


def _refused(request: HttpRequest) -> HttpResponse | None:
    try:
        request.get_host()
    except DisallowedHost:
        # repr(): it cannot forge a line; shortened: a header may have thousands of characters.
        logger.warning("Host %.100r is not in ALLOWED_HOSTS", request.META.get("HTTP_HOST"))
        return Problem(
            400,
            "This server is not called by that name (Host header); its names are in ALLOWED_HOSTS.",
        ).response()
    return None
