"""Paths work with and without the trailing slash, and HEAD works like GET."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import is_valid_path

GetResponse = Callable[[HttpRequest], HttpResponse]


class OptionalSlash:
    """Answers /customer like /customer/, without a redirect, which would turn a POST into a GET.

    HEAD is handled as GET; the server leaves out the body.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        path = request.path_info
        if not path.endswith("/") and not is_valid_path(path) and is_valid_path(f"{path}/"):
            request.path_info = f"{path}/"
        if request.method == "HEAD":
            request.method = "GET"
        return self.get_response(request)
