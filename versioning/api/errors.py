"""The statuses of the errors of version control."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI

from bank.api.problems import Problem
from versioning import errors
from versioning.api import merges
from versioning.errors import VersionError

STATUSES: dict[type[VersionError], int] = {
    errors.UnknownRevision: 404,
    errors.InvalidName: 422,
}
# A 422 for the parameter or the header that is the error's argument.
PLACES = {errors.WrongParameter: "parameter", errors.WrongHeader: "header"}


def add_error_handlers(api: NinjaAPI) -> None:
    """Register the handler: an error that is not in STATUSES is a 409."""
    api.add_exception_handler(VersionError, _respond)


def _respond(request: HttpRequest, error: Any) -> HttpResponse:
    if isinstance(error, errors.Refused):
        return merges.refused(error).response()
    if isinstance(error, errors.WrongResolution):
        return merges.wrong(error).response()
    if place := PLACES.get(type(error)):
        wrong = {place: str(error.args[0]), "detail": error.meaning()}
        return Problem(422, "The request is not valid.", errors=[wrong]).response()
    return Problem(STATUSES.get(type(error), 409), str(error)).response()
