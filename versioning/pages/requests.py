"""The pages of change requests: open, review, merge and close one."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from bank.pages.access import may, page
from bank.pages.client import Answer, call, refused
from bank.pages.errors import error_page
from versioning.approvals import DECISIONS
from versioning.decisions import place
from versioning.models import ChangeRequest
from versioning.pages.decisions import FORWARD, TRY, decided, form, heads_of, listed
from versioning.pages.merging import may_view_rows
from versioning.signatures import MAIN

ROWS = 20  # of the list
BRANCHES = 100  # that the form suggests
STATES = ("open", "merged", "closed")
# What the buttons of the page do: the operation of the API, and the permission.
ACTIONS = {
    "review": ("reviews", ("add", "review")),
    "merge": ("merge", ("merge", "changerequest")),
    TRY: ("merge", ("merge", "changerequest")),
    "close": ("close", ("change", "changerequest")),
}


@page
@require_safe
def list_requests(request: HttpRequest) -> HttpResponse:
    """A page of the change requests of one state: the open ones, if none is named."""
    state = request.GET.get("state", STATES[0])
    names = {"state": state, "limit": ROWS}
    if after := request.GET.get("after"):
        names["after"] = after
    found = call(request, "GET", f"/dolt/requests?{urlencode(names)}")
    if not found.ok:
        return refused(request, found)
    context = {"found": found, "state": state, "states": STATES}
    return render(request, "versions/requests.html", context)


@page
@require_http_methods(["GET", "HEAD", "POST"])
def open_request(request: HttpRequest) -> HttpResponse:
    """The form that asks others to review a branch before it is merged into main."""
    answer = None
    values: dict[str, Any] = {"target": MAIN, **request.GET.dict(), **request.POST.dict()}
    if request.method == "POST":
        if not may(request, "add", "changerequest", "versioning"):
            return error_page(request, 403, "You may not add a change request.")
        names = ("title", "description", "source", "target")
        body = {name: values.get(name, "") for name in names}
        answer = call(request, "POST", "/dolt/requests", body)
        if answer.ok:
            messages.success(request, "The change request is open.")
            return HttpResponseRedirect(reverse("versions:request", args=[answer.document["id"]]))
    branches = call(request, "GET", f"/dolt/branches?limit={BRANCHES}")
    context = {"values": values, "answer": answer, "branches": branches.document}
    context["errors"] = answer.errors if answer else {}
    if answer and answer.status == 409:
        opened = ChangeRequest.objects.opened(values.get("source", ""), values["target"])
        context["opened"] = opened.first()
    status = answer.status if answer else 200
    return render(request, "versions/open_request.html", context, status=status)


@page
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """A change request with its reviews, what is in the way of its merge, and its conflicts."""
    path = f"/dolt/requests/{pk}"
    answer = _change(request, path) if request.method == "POST" else None
    if isinstance(answer, HttpResponse):
        return answer
    found = call(request, "GET", path)
    if not found.ok:
        return error_page(request, found.status, f"There is no change request {pk}.")
    row = found.document
    context = {"found": found, "pk": pk, "answer": answer, "decisions": DECISIONS}
    context |= {"source": row["source"], "into": row["target"]}
    if row["mergeable"] and may_view_rows(request):
        heads = heads_of(request, row["target"], row["head"])
        context |= form(request, f"{path}/merge", {}, heads, answer)
    elif answer:
        context["problem"] = " ".join(answer.errors.values())
    if row["state"] == "open" and not row["mergeable"] and may_view_rows(request):
        context["conflicts"] = _conflicts(request, row)
    status = answer.status if answer else 200
    return render(request, "versions/request.html", context, status=status)


def _conflicts(request: HttpRequest, row: dict[str, Any]) -> int:
    """Return the number of conflicts that its merge has now, before it is approved."""
    merge = {"from": row["source"], "into": row["target"], "dry_run": True}
    dry = call(request, "POST", "/dolt/merge", merge)
    found = [*listed(dry, "conflicts"), *listed(dry, "invariants")]
    return len({place(each) for each in found})


def _change(request: HttpRequest, path: str) -> Answer | HttpResponse:
    """Send what a button says; return what the API refused, or tried, or where to go on."""
    action = request.POST.get("action", "")
    if action not in ACTIONS:
        return error_page(request, 422, "There is no such action.")
    operation, (do, what) = ACTIONS[action]
    if not may(request, do, what, "versioning"):
        return error_page(request, 403, f"You may not {do} a {what}.")
    body = decided(request, f"{path}/merge", {}) if operation == "merge" else None
    if body and not _may_decide(request, body):
        return error_page(request, 403, "You may not change all rows on which you decide.")
    if operation == "reviews":
        body = {name: request.POST.get(name, "") for name in ("decision", "text", "commit")}
    answer = call(request, "POST", f"{path}/{operation}", body)
    if not answer.ok or action == TRY:
        return answer
    # A merge whose commit is the one that was reviewed has made none.
    forward = operation == "merge" and answer.document["commit"] == answer.document["head"]
    messages.success(request, f"Done: {action}. {FORWARD if forward else ''}")
    return HttpResponseRedirect(request.path)


def _may_decide(request: HttpRequest, body: dict[str, Any]) -> bool:
    """Return whether the user may change all rows of whose conflicts the form decides."""
    models = {each["model"] for each in body.get("resolutions", ())}
    return all(may(request, "change", model) for model in models)
