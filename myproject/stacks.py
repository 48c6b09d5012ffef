"""Two stacks of middleware in one project: a short one for the API, Django's for the admin."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.handlers.base import BaseHandler
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string

GetResponse = Callable[[HttpRequest], HttpResponse]


class Stacks(BaseHandler):
    """A mixin for Django's handlers: the API's requests pass through settings.API_MIDDLEWARE only.

    Requests with a path in settings.SITE pass through settings.MIDDLEWARE.
    """

    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async)
        site: Any = self._middleware_chain
        # Between these there is no conversion of exceptions to responses: only the view raises any.
        api: Any = convert_exception_to_response(self._get_response)
        for path in reversed(settings.API_MIDDLEWARE):
            api = import_string(path)(api)
        paths = tuple(settings.SITE)

        def choose(request: HttpRequest) -> HttpResponse:
            return (site if request.path_info.startswith(paths) else api)(request)

        self._middleware_chain = choose
