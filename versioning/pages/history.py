"""The page of a row's history: the row as it was, what each commit changed, and restore."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from bank.pages.access import may, page
from bank.pages.client import Answer, call, curl, refused
from bank.pages.errors import error_page
from bank.pages.kinds import KINDS, Kind
from bank.pages.shop import may_see

VERSIONS = 20  # of a page; of an order, each is several statements
Version = dict[str, Any]


@page
@require_http_methods(["GET", "HEAD", "POST"])
def history(request: HttpRequest, kind: str, pk: str) -> HttpResponse:
    """The versions of a row on the branch, and one of them in full; a POST restores one."""
    if kind not in KINDS:
        raise Http404
    if not may_see(request, kind):
        return error_page(request, 403, f"You may not view {KINDS[kind].plural}.")
    path = f"/{kind}/{quote(pk)}/"
    answer = _restore(request, KINDS[kind], path) if request.method == "POST" else None
    if isinstance(answer, HttpResponse):
        return answer
    skip = _number(request.GET.get("skip", ""), 0)
    which = urlencode({"limit": VERSIONS, "skip": skip})
    found = call(request, "GET", f"{path}history/?{which}")
    if found.status not in (200, 404):
        return refused(request, found)
    if not found.ok or not found.document:
        return error_page(request, 404, f"There is no such version of {kind} {pk} on this branch.")
    context = {"kind": KINDS[kind], "pk": pk, "answer": answer, "found": found}
    context |= _shown(request, path, found, skip)
    status = answer.status if answer else 200
    return render(request, "versions/history.html", context, status=status)


def _shown(request: HttpRequest, path: str, found: Answer, first: int) -> dict[str, Any]:
    """Return the versions of this page, and the chosen one as the API reads it at its commit."""
    listed = found.document
    for version in listed:
        version["changes"] = changes(version["before"], version["document"])
    place = _place(request, listed)
    commit = listed[place]["hash"]
    one = call(request, "GET", f"{path}?as_of={commit}")
    return {
        "versions": listed,
        "chosen": listed[place],
        "position": len(listed) - place,  # of the slider, on which the newest is at the right
        "one": one,
        "fields": fields(one.document) if one.ok else {},
        "restore_curl": _curl_of_restore(request, path, commit),
        "is_latest": first + place == 0,
        "newer": max(first - VERSIONS, 0) if first else None,
        "older": first + VERSIONS if found.next else None,
    }


def _place(request: HttpRequest, listed: list[Version]) -> int:
    """Return the number of the chosen version: that of ?commit=, or at the slider's position."""
    commit = request.GET.get("commit")
    hashes = [version["hash"] for version in listed]
    if commit in hashes:
        return hashes.index(commit)
    # A version that was made since the slider was shown is to the right of it.
    newest = request.GET.get("newest", "")
    later = hashes.index(newest) if newest in hashes else 0
    number = _number(request.GET.get("position", ""), len(listed)) - later
    return min(max(len(listed) - number, 0), len(listed) - 1)


def _number(text: str, default: int) -> int:
    return int(text) if text.isdecimal() and len(text) < 6 else default


def changes(before: Version | None, after: Version | None) -> list[dict[str, Any]]:
    """Return the fields that differ, each with its value before and after."""
    old, new = fields(before or {}), fields(after or {})
    names = dict.fromkeys([*old, *new])
    return [
        {"field": name, "before": old.get(name), "after": new.get(name)}
        for name in names
        if old.get(name) != new.get(name)
    ]


def fields(document: Version) -> dict[str, str]:
    """Return what people see of a document: one text for each field, and for each order line."""
    found = {}
    for name, value in document.items():
        if name == "customer":
            found[name] = f"{value['name']} ({value['id']})"
        elif name == "products":
            for line in value:
                found[f"{line['name']} ({line['id']})"] = f"{line['quantity']} at {line['price']}"
        elif name != "id":
            found[name] = "not counted" if value is None else str(value)
    return found


def _curl_of_restore(request: HttpRequest, path: str, commit: str) -> str:
    headers = getattr(request, "api_headers", {})
    address = request.build_absolute_uri(f"{path}restore/")
    return curl("POST", address, {"commit": commit}, **headers)


def _restore(request: HttpRequest, kind: Kind, path: str) -> Answer | HttpResponse:
    if not may(request, "change", kind.name) or not may(request, "add", kind.name):
        return error_page(request, 403, f"You may not change and add a {kind.name}.")
    answer = call(request, "POST", f"{path}restore/", {"commit": request.POST.get("commit", "")})
    if not answer.ok:
        return answer
    messages.success(request, f"The {kind.name} was restored, by a new commit.")
    return HttpResponseRedirect(request.path)
