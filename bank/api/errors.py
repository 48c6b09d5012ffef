"""Exception handlers: the problem document that each kind of error becomes."""

from __future__ import annotations

import logging
from functools import partial
from typing import Any

from django.db import DatabaseError, IntegrityError, InterfaceError
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from bank.api.auth import UNAUTHORIZED
from bank.api.problems import Problem
from bank.api.sentences import sentence
from bank.errors import AmbiguousCommit, NotEnoughStock, RetriesExhausted, TooMuchStock
from bank.transactions.error_kinds import ErrorKind, broken_constraint, classify, unavailable

logger = logging.getLogger(__name__)
RETRY_LATER = {"Retry-After": "1"}


def add_error_handlers(api: NinjaAPI) -> None:
    """Register the handlers; any other error is Django's 500, logged with its traceback."""
    for error, problem in {
        Problem: lambda error: error,
        ValidationError: _invalid,
        AuthenticationError: lambda error: UNAUTHORIZED,
        HttpError: _of_django_ninja,
        Http404: lambda error: Problem(404, "There is nothing at this address."),
        NotEnoughStock: lambda error: Problem(409, str(error)),
        TooMuchStock: lambda error: Problem(409, str(error)),
        IntegrityError: _conflict,
        RetriesExhausted: lambda error: Problem(503, str(error), headers=RETRY_LATER),
        AmbiguousCommit: lambda error: Problem(503, str(error)),
        DatabaseError: _database,
        InterfaceError: _database,
    }.items():
        api.add_exception_handler(error, partial(_respond, problem))


def _respond(problem: Any, request: HttpRequest, error: Exception) -> HttpResponse:
    return problem(error).response()


def _of_django_ninja(error: HttpError) -> Problem:
    # The cause is the more precise error of the parser of the body.
    cause = error.__cause__
    return cause if isinstance(cause, Problem) else Problem(error.status_code, str(error))


def _invalid(error: ValidationError) -> Problem:
    # django-ninja does not parse an empty body, but omits the argument.
    if any(
        e["type"] == "missing" and e["loc"][0] == "body" and len(e["loc"]) == 2
        for e in error.errors
    ):
        return Problem(400, "The body is not JSON: it is empty.")
    errors = [_pointed_at(e["loc"], sentence(e)) for e in error.errors]
    return Problem(422, "The request is not valid.", errors=errors)


def _pointed_at(location: tuple[Any, ...], message: str) -> dict[str, str]:
    """Return the place of an error, a JSON pointer or a parameter's name, and its message."""
    where, *path = location
    if where != "body":
        return {"parameter": str(path[-1]), "detail": message}
    members = path[1:]  # without the argument's name: ("body", "order", "products", 1, "id")
    return {"pointer": "#" + "".join(f"/{member}" for member in members), "detail": message}


def _conflict(error: IntegrityError) -> Problem:
    rule = broken_constraint(error)
    return Problem(409, f"It would break a rule of the data{rule and ': '}{rule}.")


def _database(error: Exception) -> Problem:
    """Return a 503 if the database is unavailable or refused the transaction; raise any other."""
    said = classify(error)
    if said is ErrorKind.OTHER:
        raise error
    logger.warning("Answered with 503: %s", error)
    return Problem(503, unavailable(said), headers=RETRY_LATER)
