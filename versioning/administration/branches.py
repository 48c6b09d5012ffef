"""The admin's pages of branches: switch to one, list, create, rename and delete them.

They are on main, whatever the session's branch: a branch that is in use cannot be deleted.
"""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from versioning.administration.pages import shown
from versioning.ancestry import distances
from versioning.models import Branch
from versioning.revisions import hash_of
from versioning.signatures import MAIN

PER_PAGE = 50
LIST = "admin:versioning_branch_changelist"


@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """Let the admin show and change this branch, for as long as the session lasts.

    A form that another window shows was opened for the branch before: it is refused (403).
    """
    branch = Branch.named(request.POST.get("name", ""))
    choose(request, branch.name)
    messages.success(request, f"You are on the branch {branch.name} now.")
    back = request.POST.get("next", "")
    return redirect(back if url_has_allowed_host_and_scheme(back, None) else "admin:index")


def list_branches(request: HttpRequest) -> HttpResponse:
    """Show each branch with the number of commits that it is ahead of main, and behind it."""
    found = Paginator(Branch.objects.order_by("name"), PER_PAGE).get_page(request.GET.get("page"))
    counts = distances([branch.hash for branch in found])
    context = {
        "title": "Branches",
        "page": found,
        "rows": [(branch, *count) for branch, count in zip(found, counts, strict=True)],
        "main": MAIN,
    }
    return shown(request, "versioning/branches.html", context)


@require_POST
def create(request: HttpRequest) -> HttpResponse:
    """Create a branch at the latest commit of another, or at a tag or commit."""
    start = hash_of(request.POST.get("start") or MAIN)
    branch = Branch(name=request.POST.get("name", ""), hash=start)
    branch.save()
    messages.success(request, f"The branch {branch.name} was created.")
    return redirect(LIST)


@require_POST
def rename(request: HttpRequest) -> HttpResponse:
    """Give a branch another name; the session stays on it."""
    branch = Branch.named(request.POST.get("name", ""))
    before = branch.name
    branch.rename(request.POST.get("new", ""))
    if request.session.get("dolt-branch") == before:
        request.session["dolt-branch"] = branch.name
    messages.success(request, f"The branch {before} is called {branch.name} now.")
    return redirect(LIST)


def delete(request: HttpRequest) -> HttpResponse:
    """Delete a branch, after a question."""
    given = request.POST if request.method == "POST" else request.GET
    branch = Branch.named(given.get("name", ""))
    if request.method != "POST":
        [(ahead, _)] = distances([branch.hash])
        context = {"title": f"Delete the branch {branch.name}?", "branch": branch, "ahead": ahead}
        return shown(request, "versioning/delete_branch.html", context)
    branch.delete(force="force" in given)
    said = f"The branch {branch.name} was deleted."
    if request.session.get("dolt-branch") == branch.name:
        choose(request, MAIN)
        said += f" You are on {MAIN} now."
    messages.success(request, said)
    return redirect(LIST)


def choose(request: HttpRequest, branch: str) -> None:
    """Use this branch from now on in this session; refuse forms that were opened for another."""
    request.session["dolt-branch"] = branch
    rotate_token(request)
