"""The branch of a request: the API's is in the header Dolt-Branch, the admin's in the session."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from functools import cache, partial
from typing import Any

from django.contrib import admin
from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, connections
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.cache import patch_vary_headers

from bank.api.auth import BearerToken
from bank.api.conditional import names_etag
from bank.api.routes import api
from versioning.errors import UnknownRevision, VersionError, WrongParameter
from versioning.kinds import KINDS, Kind
from versioning.revisions import commit_of, hash_of
from versioning.signatures import MAIN, Signature, author, signed_by

View = Callable[[HttpRequest], HttpResponse]


class ApiBranch:
    """Runs each request of the bank's API on the branch that it names.

    - The branch is that of the header `Dolt-Branch`, or of `?branch=`, or main. An unknown one is
      a 404. The answer names it, and in `Dolt-Commit` the commit that was read or made.
    - A GET reads one commit: the branch's latest, or that of `?as_of=`.
    - What a request changes is one commit of the token's client, with the message of the header
      `Dolt-Message`, or method and path.
    """

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        kind, *rest = request.path_info.strip("/").split("/")
        if kind not in KINDS or not BearerToken()(request):
            return self.get_response(request)
        branch = header(request, "Dolt-Branch") or request.GET.get("branch") or MAIN
        try:
            with signed_by(partial(signature, request), branch) as connection:
                connection.ensure_connection()  # or UnknownRevision, before anything is done
                reads = request.method in ("GET", "HEAD")
                response = self._read(request, KINDS[kind], rest) if reads else self._write(request)
        except (VersionError, DatabaseError, InterfaceError) as error:
            return api.on_exception(request, error)
        response["Dolt-Branch"] = branch
        patch_vary_headers(response, ["Dolt-Branch"])
        return response

    def _read(self, request: HttpRequest, kind: Kind, rest: list[str]) -> HttpResponse:
        connection: Any = connections[DEFAULT_DB_ALIAS]
        past = request.GET.get("as_of")
        if past is not None and len(rest) > 1:
            raise WrongParameter("as_of")
        commit = commit_of(past) if past is not None else None
        with connection.snapshot():
            if commit:
                with connection.at_commit(commit, kind.tables):
                    _refuse_other_columns(connection, kind)
                    response = self.get_response(request)
            else:
                commit, *tables = _hashes(connection, [] if rest else kind.tables)
                response = _unless_known(request, tables, self.get_response)
        if response.status_code < 500:
            response["Dolt-Commit"] = commit
        return response

    def _write(self, request: HttpRequest) -> HttpResponse:
        if "as_of" in request.GET:
            raise WrongParameter("as_of")
        response = self.get_response(request)
        if response.status_code < 500:
            connection: Any = connections[DEFAULT_DB_ALIAS]
            response["Dolt-Commit"] = connection.made_commit or hash_of("HEAD")
        return response


class AdminBranch:
    """Runs each request of the admin on the branch that its session has chosen, or main.

    If that no longer exists, the answer is a 404 with a way back to main. The pages of branches and
    of change requests, and the logout, are always on main.
    """

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.session.get("dolt-branch", MAIN)
        branch = MAIN if request.path_info.startswith(_on_main()) else chosen
        try:
            with signed_by(partial(signature, request), branch) as connection:
                if branch != MAIN:
                    with suppress(DatabaseError, InterfaceError):  # the view meets it again
                        connection.ensure_connection()
                return self.get_response(request)
        except UnknownRevision:
            context = {"title": "This branch no longer exists", "branch": branch, "main": MAIN}
            context |= admin.site.each_context(request)
            page = TemplateResponse(request, "versioning/no_branch.html", context, status=404)
            return page.render()


@cache
def _on_main() -> tuple[str, ...]:
    pages = ("versioning_branch_changelist", "versioning_changerequest_changelist", "logout")
    return tuple(reverse(f"admin:{page}") for page in pages)


def header(request: HttpRequest, name: str) -> str:
    """Return this header of the request, which is UTF-8, or ""."""
    text: str = request.headers.get(name, "")
    return text.encode("latin-1", "replace").decode("utf-8", "replace")


def signature(request: HttpRequest) -> Signature:
    """Return the author and the message of the commit that this request makes."""
    user: Any = getattr(request, "user", None)
    if user is not None:
        who = author(user.get_username(), getattr(user, "email", ""))
    else:
        who = author(str(getattr(request, "auth", "")))
    message = header(request, "Dolt-Message").strip()
    if not message:
        key = header(request, "Idempotency-Key")
        message = f"{request.method} {request.path_info}" + (
            f"\n\nIdempotency-Key: {key}" if key else ""
        )
    return Signature(message, who)


def _hashes(connection: Any, tables: list[str]) -> list[str]:
    """Return the hash of the branch's latest commit, and the hash of each table."""
    columns = ["dolt_hashof('HEAD')", *["dolt_hashof_table(%s)"] * len(tables)]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(columns)}", tables)
        return list(cursor.fetchone())


def _unless_known(request: HttpRequest, tables: list[str], view: View) -> HttpResponse:
    """Return a page with an ETag from the hashes of its tables, or a 304 if the client has it."""
    if not tables:
        return view(request)
    text = "\n".join([*tables, request.get_full_path()])
    etag = f'"{hashlib.blake2b(text.encode(), digest_size=16).hexdigest()}"'
    if names_etag(request.headers.get("If-None-Match", ""), etag):
        return HttpResponse(status=304, headers={"ETag": etag})
    response = view(request)
    if response.status_code == 200:
        response["ETag"] = etag
    return response


def _refuse_other_columns(connection: Any, kind: Kind) -> None:
    """Raise UnknownRevision if the tables did not have today's columns then."""
    with connection.cursor() as cursor:
        for model in kind.reads:
            try:
                cursor.execute(str(model.objects.only().query) + " LIMIT 1")
            except DatabaseError as error:
                raise UnknownRevision("(its tables had other columns)") from error
