"""The page of two sessions side by side."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from bank.engine import Engine
from bank.models import Product
from bank.pages.access import demonstration
from bank.pages.anomalies import ANOMALIES, Anomaly
from bank.pages.sessions import COMMIT, Begin, play
from bank.pages.storm import in_thread
from bank.transactions import retry_transaction

NAME = "Product of two sessions"
SAFE, READ_COMMITTED = "as-configured", "read-committed"
running = threading.Lock()


class SessionsForm(forms.Form):
    """Which anomaly, and at which isolation level."""

    anomaly = forms.ChoiceField(
        choices=[(name, each.label) for name, each in ANOMALIES.items()],
        widget=forms.RadioSelect,
        initial="lost-update",
    )
    level = forms.ChoiceField(widget=forms.RadioSelect, initial=SAFE, label="Isolation level")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: Any = self.fields["level"]
        choices.choices = [(SAFE, "that of this shop")]
        if Engine().has_read_committed:
            choices.choices += [(READ_COMMITTED, "READ COMMITTED")]


@demonstration
@require_http_methods(["GET", "HEAD", "POST"])
def sessions_page(request: HttpRequest) -> HttpResponse:
    """The form; a POST plays the script on two connections. Nothing of it is left in the shop."""
    form = SessionsForm(request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"form": form, "anomalies": ANOMALIES}
    status = 200
    if form.is_bound and not form.is_valid():
        status = 422
    elif form.is_bound and not running.acquire(blocking=False):
        status, context["busy"] = 503, True
    elif form.is_bound:
        try:
            context |= _play(**form.cleaned_data)
        finally:
            running.release()
    return render(request, "pages/sessions.html", context, status=status)


def _play(anomaly: str, level: str) -> dict[str, Any]:
    shown, engine = ANOMALIES[anomaly], Engine()
    begin: Begin = (
        (lambda: Engine().read_committed())
        if level == READ_COMMITTED
        else (lambda: Engine().outermost_atomic())
    )
    products = in_thread(_products, shown)
    lines = list(play(shown.script(products), begin))
    stocks = in_thread(_stocks, products)
    committed = sum(line.code == COMMIT and line.answer == "ok" for line in lines)
    return {
        "anomaly": shown,
        "lines": lines,
        "stocks": stocks,
        "committed": committed,
        "kept": shown.kept(stocks, committed),
        "engine": engine,
    }


@retry_transaction
def _products(anomaly: Anomaly) -> list[Product]:
    return [Product.objects.create(name=NAME, price=1, stock=stock) for stock in anomaly.stocks]


@retry_transaction
def _stocks(products: Sequence[Product]) -> list[int]:
    """Return the stocks, and delete the products."""
    rows = Product.objects.filter(pk__in=[product.pk for product in products])
    stocks = dict(rows.values_list("pk", "stock"))
    rows.delete()
    return [stocks[product.pk] or 0 for product in products]
