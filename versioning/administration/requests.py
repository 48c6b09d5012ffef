"""The admin's pages of change requests: open, review, merge and close one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from versioning.administration.conflicts import conflicts, resolutions, seen_heads
from versioning.administration.pages import require, shown
from versioning.ancestry import distances
from versioning.errors import Refused, VersionError
from versioning.models import ChangeRequest, Review


class RequestForm(forms.ModelForm):
    class Meta:
        model = ChangeRequest
        fields = ["title", "description", "source", "target"]


class ReviewForm(forms.ModelForm):
    class Meta:
        model = Review
        fields = ["decision", "text", "commit"]
        widgets = {"commit": forms.HiddenInput}  # the commit that the page showed


def open_one(request: HttpRequest) -> HttpResponse:
    """Open a change request."""
    form = RequestForm(request.POST or None, initial={"source": request.GET.get("source", "")})
    if form.is_valid():
        form.instance.author = _who(request)
        try:
            form.instance.open()
        except VersionError as error:
            form.add_error(None, str(error))
        else:
            return _back(request, form.instance, "The change request is open.")
    context = {"title": "Open a change request", "form": form}
    return shown(request, "versioning/open_request.html", context)


def one(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a change request, its reviews, and what is in the way of its merge."""
    return _shown(request, _row(pk))


@require_POST
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """Review the commit that the page showed."""
    row, form = _row(pk), ReviewForm(request.POST)
    if not form.is_valid():
        return _shown(request, row, form)
    row.review(_who(request), **form.cleaned_data)
    return _back(request, row, "Your review was added.")


@require_POST
def merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Merge the source into the target, or show the conflicts."""
    row, message = _row(pk), request.POST.get("message", "").strip()
    decided = resolutions(request)
    require(request, "change", *(each.model for each in decided))
    try:
        row.merge(_who(request), message, decided, seen_heads(request))
    except Refused as error:
        found = (*error.conflicts, *error.violations, *error.invariants)
        require(request, "view", *(each.model for each in found))
        return conflicts(request, row, error)
    return _back(request, row, f"{row.source} was merged into {row.target}.")


@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close it without a merge."""
    row = _row(pk)
    row.close()
    return _back(request, row, "The change request was closed.")


def _row(pk: int) -> ChangeRequest:
    return get_object_or_404(ChangeRequest.objects.settled(), pk=pk)


def _shown(request: HttpRequest, row: ChangeRequest, form: Any = None) -> HttpResponse:
    head = row.head()
    context = {
        "title": row.title,
        "row": row,
        "head": head,
        "distance": distances([head], row.target)[0] if head else None,
        "obstacles": list(map(str, row.obstacles(head))),
        "reviews": row.reviews.order_by("pk"),
        "form": form or ReviewForm(initial={"commit": head}),
    }
    return shown(request, "versioning/request.html", context)


def _back(request: HttpRequest, row: ChangeRequest, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect("admin:versioning_changerequest_change", row.pk)


def _who(request: HttpRequest) -> str:
    return request.user.get_username()
