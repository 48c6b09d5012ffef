"""Pages of customers, products and orders: lists with a search, forms to add, change and delete."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import quote, urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from bank.pages.access import may, page
from bank.pages.client import Answer, call, done, refused
from bank.pages.errors import error_page
from bank.pages.kinds import KINDS, Kind
from bank.pages.order_form import choices
from bank.queries import Document

ROWS = 20  # of a list
LONGEST = 251  # characters of a search: one more than a name has, so that it finds none


@page
@require_safe
def rows(request: HttpRequest, name: str) -> HttpResponse:
    """A page of the list, or the first rows that are found."""
    kind = _kind(name)
    after, searched = request.GET.get("after"), request.GET.get("q", "").strip()[:LONGEST]
    if not may(request, "view", name):
        return error_page(request, 403, f"You may not view {kind.plural}.")
    if searched:
        return _list(request, kind, found=_found(kind, searched), searched=searched)
    query = {"limit": ROWS, **({"after": after} if after else {})}
    answer = call(request, "GET", f"/{name}/?{urlencode(query)}")
    if not answer.ok:
        return refused(request, answer)
    next_after = answer.document[-1]["id"] if "Link" in answer.headers else None
    return _list(request, kind, found=answer.document, curl=answer.curl, next_after=next_after)


def _list(request: HttpRequest, kind: Kind, **context: Any) -> HttpResponse:
    return render(request, "pages/rows.html", {"kind": kind, "rows_per_page": ROWS, **context})


def _found(kind: Kind, text: str) -> list[Any]:
    """Return the first rows whose name, or whose customer's name, contains the text."""
    wanted: Any = kind.model._default_manager.filter(**{kind.searched: text.replace("\0", "")})
    if kind.name == "order":
        wanted = wanted.select_related("customer")
    return list(wanted.order_by("pk")[:ROWS])


@page
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, name: str) -> HttpResponse:
    """The form of a new row; with its Idempotency-Key it is created once, if it is sent twice."""
    kind = _kind(name)
    form = request.POST if request.method == "POST" else request.GET
    key = form.get("idempotency_key") or str(uuid.uuid4())
    answer = None
    if not may_see(request, name):
        return error_page(request, 403, f"You may not view {kind.plural}.")
    if request.method == "POST":
        if not may(request, "add", name):
            return error_page(request, 403, f"You may not add {kind.plural}.")
        answer = call(request, "POST", f"/{name}/", kind.body(form), Idempotency_Key=key)
        if answer.ok:
            return _see(request, kind, answer, "added")
        if answer.status < 500:  # nothing was stored with this key, or another form's answer
            key = str(uuid.uuid4())
    return _form(request, kind, answer, values=form, key=key)


@page
@require_http_methods(["GET", "HEAD", "POST"])
def row(request: HttpRequest, name: str, pk: str) -> HttpResponse:
    """One row, in a form that changes it if it is as the page showed it, or deletes it."""
    kind, path = _kind(name), f"/{name}/{quote(pk, safe='')}/"
    if not may_see(request, name):
        return error_page(request, 403, f"You may not view {kind.plural}.")
    answer = _change(request, kind, path) if request.method == "POST" else None
    if isinstance(answer, HttpResponse):
        return answer
    current = call(request, "GET", path)
    if not current.ok:
        return refused(request, current)
    # The form's ETag is the current row's: with the values of an old one it would undo a change.
    shown_again = answer and answer.status != 412
    values = request.POST if shown_again else _values(current.document)
    return _form(request, kind, answer, values=values, current=current)


def _change(request: HttpRequest, kind: Kind, path: str) -> Answer | HttpResponse:
    """Send the form; return the API's refusal, or where to go on."""
    deletes = request.POST.get("action") == "delete"
    if not may(request, "delete" if deletes else "change", kind.name):
        action = "delete" if deletes else "change"
        return error_page(request, 403, f"You may not {action} {kind.plural}.")
    headers = {"If_Match": request.POST.get("etag", "")}
    if deletes:
        answer = call(request, "DELETE", path, **headers)
        return _see(request, kind, answer, "deleted") if answer.ok else answer
    answer = call(request, "PUT", path, kind.body(request.POST), **headers)
    return _see(request, kind, answer, "saved") if answer.ok else answer


def may_see(request: HttpRequest, name: str) -> bool:
    """Return whether the user may see this kind, and what its form offers."""
    seen = KINDS if name == "order" else (name,)
    return all(may(request, "view", each) for each in seen)


def _form(request: HttpRequest, kind: Kind, answer: Answer | None, **context: Any) -> HttpResponse:
    status = answer.status if answer else 200
    if kind.name == "order":
        context |= choices(request, **context)
    context |= {"kind": kind, "answer": answer, "errors": answer.errors if answer else {}}
    response = render(request, f"pages/{kind.name}.html", context, status=status)
    if status == 503:
        response["Retry-After"] = "1"
    return response


def _values(document: Document) -> Document:
    """Return the values of the form's fields."""
    values = {name: "" if value is None else value for name, value in document.items()}
    for line in document.get("products", []):
        values[f"quantity-{line['id']}"] = line["quantity"]
    if "customer" in document:
        values["customer"] = str(document["customer"]["id"])
    return values


def _see(request: HttpRequest, kind: Kind, answer: Answer, what: str) -> HttpResponse:
    """Say that it was done; go on to the row, or to the list if it was deleted."""
    done(request, f"The {kind.name} was {what}.", answer)
    if answer.document is None:
        return HttpResponseRedirect(reverse("pages:rows", args=[kind.name]))
    return HttpResponseRedirect(reverse("pages:row", args=[kind.name, answer.document["id"]]))


def _kind(name: str) -> Kind:
    if name not in KINDS:
        raise Http404
    return KINDS[name]
