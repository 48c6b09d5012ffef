"""Two stacks of middleware in one project: a short one for the API, Django's for the admin."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.handlers.base import BaseHandler
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest
from django.urls import get_resolver
from django.utils.module_loading import import_string


class Stacks(BaseHandler):
    """A mixin for Django's handlers, which choose a stack by the path of a request.

    The path / and those that begin with one of settings.SITE pass through settings.MIDDLEWARE, all
    others, those of the API, through settings.API_MIDDLEWARE: no sessions, no users, no CSRF
    tokens.
    """

    _middleware_chain: Any
    api_stack: Any

    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async)
        site: Any = self._middleware_chain
        self.api_stack = api = self.adapt_method_mode(is_async, _api_stack(), False)
        self._middleware_chain = lambda request: (site if self.is_site(request) else api)(request)

    @staticmethod
    def is_site(request: HttpRequest) -> bool:
        """Whether the request passes through settings.MIDDLEWARE."""
        path = request.path_info
        return path == "/" or path.startswith(settings.SITE)


class _Views(BaseHandler):
    """Calls the API's views, without the hooks that settings.MIDDLEWARE would add around them."""

    _view_middleware = _template_response_middleware = _exception_middleware = ()

    def resolve_request(self, request: HttpRequest) -> Any:
        """Look the path up among the API's URLs only: half of the time of a look-up among all."""
        request.resolver_match = get_resolver(settings.API_URLCONF).resolve(request.path_info)
        return request.resolver_match


def _api_stack() -> Any:
    # Django converts exceptions to responses between all middleware. Here only a view raises any.
    views: Any = _Views()
    stack: Any = convert_exception_to_response(views._get_response)
    for path in reversed(settings.API_MIDDLEWARE):
        stack = import_string(path)(stack)
    return stack
