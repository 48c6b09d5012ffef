"""The page of a branch: what it changed since it left main, and its merge into main."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from bank.pages.access import may, page
from bank.pages.client import Answer, call, refused
from bank.pages.errors import error_page
from bank.pages.kinds import KINDS
from versioning.administration.branches import choose
from versioning.pages.branches import path_of
from versioning.pages.decisions import FORWARD, TRY, decided, form, heads_of
from versioning.signatures import MAIN

ROWS = 50  # of a page of the diff
MERGE = "/dolt/merge"


@page
@require_http_methods(["GET", "HEAD", "POST"])
def branch(request: HttpRequest, name: str) -> HttpResponse:
    """The diff against main, the merge as a dry run, and the form that merges it or deletes it."""
    answer = _change(request, name) if request.method == "POST" else None
    if isinstance(answer, HttpResponse):
        return answer
    if not may_view_rows(request):
        return error_page(request, 403, "You may not view all that a branch can change.")
    found = call(request, "GET", path_of(name))
    diff = call(request, "GET", _path_of_diff(request, name)) if found.ok else found
    if not diff.ok:
        return refused(request, diff)
    context = {"branch": found, "diff": diff, "main": MAIN, "answer": answer}
    context |= {"source": name, "into": MAIN}
    if "after" in request.GET:
        context["compared"] = [request.GET.get(side, "") for side in ("from", "to")]
    if name != MAIN and found.document["ahead"] and "after" not in request.GET:
        merge = {"from": name, "into": MAIN}
        heads = heads_of(request, MAIN, found.document["hash"])
        context |= form(request, MERGE, merge, heads, answer)
    return render(request, "versions/branch.html", context, status=answer.status if answer else 200)


def _path_of_diff(request: HttpRequest, name: str) -> str:
    """Return the address of a page of the diff: the first, or the one that its Link has named."""
    names = {"from": MAIN, "to": name, "limit": ROWS}
    if "after" in request.GET:  # of the two commits that the first page has compared
        given = ((key, request.GET.get(key)) for key in ("from", "to", "after"))
        names |= {"dots": 2, **{key: value for key, value in given if value}}
    return f"/dolt/diff?{urlencode(names)}"


def _change(request: HttpRequest, name: str) -> Answer | HttpResponse:
    """Merge or delete the branch; return what the API refused, or tried, or where to go on."""
    action = request.POST.get("action", "")
    if action == "delete":
        return _delete(request, name)
    if action not in ("merge", TRY):
        return error_page(request, 422, "There is no such action.")
    if not may_merge(request):
        return error_page(request, 403, "You may not change all that a merge can change.")
    found = call(request, "GET", path_of(name))
    if not found.ok:
        return refused(request, found)
    if not found.document["ahead"]:
        return _said(request, name, f"There was nothing to merge: {MAIN} has all of {name}.")
    body = decided(request, MERGE, {"from": name, "into": MAIN})
    answer = call(request, "POST", MERGE, body)
    if not answer.ok or action == TRY:
        return answer
    said = f"{name} was merged into {MAIN}: {answer.document['hash']}."
    forward = f" {FORWARD}" if answer.document["fast_forward"] else ""
    return _said(request, name, said + forward)


def _said(request: HttpRequest, name: str, said: str) -> HttpResponse:
    messages.success(request, said)
    return HttpResponseRedirect(reverse("versions:branch", args=[name]))


def may_view_rows(request: HttpRequest) -> bool:
    """Return whether the user may see what a diff, or a conflict, can show: rows of all kinds."""
    return all(may(request, "view", kind) for kind in KINDS)


def may_merge(request: HttpRequest) -> bool:
    """Return whether the user may do on main what a merge can do: all, to rows of all kinds."""
    return all(may(request, do, kind) for do in ("add", "change", "delete") for kind in KINDS)


def _delete(request: HttpRequest, name: str) -> Answer | HttpResponse:
    if not may(request, "delete", "branch", "versioning"):
        return error_page(request, 403, "You may not delete a branch.")
    answer = call(request, "DELETE", path_of(name))
    if not answer.ok:
        return refused(request, answer)
    if request.session.get("dolt-branch") == name:
        choose(request, MAIN)
    messages.success(request, f"The branch {name} was deleted.")
    return HttpResponseRedirect(reverse("versions:branches"))
