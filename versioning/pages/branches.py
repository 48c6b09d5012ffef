"""The page of branches with the log of the current one, and the switch to another branch."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from bank.pages.access import may, page
from bank.pages.client import call, refused
from bank.pages.errors import error_page
from versioning.administration.branches import choose
from versioning.names import COMMIT
from versioning.signatures import MAIN

BRANCHES = 50  # of the list
COMMITS = 20  # of the log


@page
@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """Let the pages and the admin show and change this branch, as long as the session lasts.

    A form that another window shows was opened for the branch before: it is refused (403).
    """
    name = request.POST.get("name", "")
    found = call(request, "GET", path_of(name)) if name else None
    if found is None or not found.ok:
        return error_page(request, 404, f"There is no branch {name}.")
    return _on(request, name, f"You are on the branch {name} now.")


@page
@require_http_methods(["GET", "HEAD", "POST"])
def list_branches(request: HttpRequest) -> HttpResponse:
    """The branches, and a page of a log, by default the current one's; a POST creates a branch."""
    if request.method == "POST":
        return _create(request)
    current = request.session.get("dolt-branch", MAIN)
    which: dict[str, Any] = {"limit": BRANCHES}
    if after := request.GET.get("after"):
        which["after"] = after
    found = call(request, "GET", f"/dolt/branches?{urlencode(which)}")
    begin, skip = request.GET.get("branch", current), request.GET.get("skip", "0")
    names = urlencode({"branch": begin, "limit": COMMITS, "skip": skip})
    log = call(request, "GET", f"/dolt/commits?{names}")
    if not found.ok:
        return refused(request, found)
    context = {"branches": found, "log": log, "current": current, "main": MAIN}
    context["log_of"] = f"up to {begin[:10]}" if COMMIT.fullmatch(begin) else f"of {begin}"
    context["may_delete"] = may(request, "delete", "branch", "versioning")
    # The current branch may have been deleted: then the others are shown without its log.
    return render(request, "versions/branches.html", context, status=log.status)


def path_of(branch: str) -> str:
    """Return the address of a branch in the API."""
    return f"/dolt/branches/{quote(branch)}"


def _create(request: HttpRequest) -> HttpResponse:
    """Create a branch of the current one, and switch to it."""
    if not may(request, "add", "branch", "versioning"):
        return error_page(request, 403, "You may not add a branch.")
    body = {
        "name": request.POST.get("name", "").strip(),
        "from": request.session.get("dolt-branch", MAIN),
    }
    answer = call(request, "POST", "/dolt/branches", body)
    if not answer.ok:
        return refused(request, answer)
    said = f"The branch {body['name']} was created from {body['from']}, and you are on it now."
    return _on(request, body["name"], said)


def _on(request: HttpRequest, branch: str, said: str) -> HttpResponse:
    """Switch, say so, and go back to where the form was."""
    choose(request, branch)
    messages.success(request, said)
    back = request.POST.get("next", "")
    allowed = url_has_allowed_host_and_scheme(back, None)
    return HttpResponseRedirect(back if allowed else reverse("versions:branches"))
