"""The branch of a request of the API."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, connections
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from bank.api.auth import BearerToken
from bank.api.conditional import names_etag
from bank.api.routes import api
from versioning.errors import VersionError, WrongParameter
from versioning.headers import given_message, signature, wanted_branch
from versioning.kinds import KINDS, Kind
from versioning.revisions import commit_of, hash_of
from versioning.signatures import signed_by

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
        branch = wanted_branch(request)
        try:
            given_message(request)  # or WrongHeader
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
                with kind.at_commit(commit):
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
