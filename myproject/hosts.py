"""The host names by which clients may call this server."""

from __future__ import annotations

import logging
from typing import Any

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from django.middleware.common import CommonMiddleware

from bank.api.problems import Problem

logger = logging.getLogger("bank.hosts")
MONITORED = ("/ping/", "/health/")  # a load balancer calls an IP address, not a host name


class AllowedHosts(CommonMiddleware):
    """Answers a Host that is not in ALLOWED_HOSTS with a problem document and one log line.

    Django would log a traceback for each, and any client could fill the log with them. Requests of
    monitors are answered for any Host, because nothing in their responses depends on it.
    """

    def process_request(self, request: HttpRequest) -> Any:
        if request.path_info in MONITORED:
            return None
        try:
            return super().process_request(request)
        except DisallowedHost:
            # repr(): it cannot forge a line; shortened: a header may have thousands of characters.
            logger.warning("Host %.100r is not in ALLOWED_HOSTS", request.META.get("HTTP_HOST"))
            return Problem(
                400,
                "This server is not called by that name (Host header); its names are in "
                "ALLOWED_HOSTS.",
            ).response()
