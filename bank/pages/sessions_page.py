"""The page of two sessions side by side."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from bank.engine import Engine
from bank.models import Product
from bank.pages import props
from bank.pages.access import demonstration
from bank.pages.anomalies import ANOMALIES
from bank.pages.demonstrations import show
from bank.pages.sessions import COMMIT, Begin, play
from bank.pages.threads import in_thread
from bank.transactions import retry_transaction

SAFE, READ_COMMITTED = "as-configured", "read-committed"
BEGIN: dict[str, Begin] = {
    SAFE: lambda: Engine().outermost_atomic(),
    READ_COMMITTED: lambda: Engine().read_committed(),
}


COMMITTED = ("Neither of two transactions", "One of two transactions", "Both transactions")


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
        choices.choices = [(SAFE, f"{Engine().isolation()}, as this shop uses it")]
        if Engine().has_read_committed:
            choices.choices += [(READ_COMMITTED, "READ COMMITTED")]


@demonstration
@require_http_methods(["GET", "HEAD", "POST"])
def sessions_page(request: HttpRequest) -> HttpResponse:
    """The form; a POST plays the script on two connections. No row of it is left in the shop."""
    form = SessionsForm(request.POST if request.method == "POST" else None)
    return show(request, "pages/sessions.html", form, _play, anomalies=ANOMALIES)


def _play(anomaly: str, level: str) -> dict[str, Any]:
    shown = ANOMALIES[anomaly]
    with props.name_of_rows() as name:
        products = in_thread(partial(_products, name), shown.stocks)
        lines = list(play(shown.script(products), BEGIN[level]))
        stocks = in_thread(_stocks, products)
    committed = sum(line.code == COMMIT and line.answer == "ok" for line in lines)
    kept = shown.kept(stocks, committed)
    found = {"lines": lines, "stocks": stocks, "committed": COMMITTED[committed], "kept": kept}
    return {"anomaly": shown, **found}


@retry_transaction
def _products(name: str, stocks: Sequence[int]) -> list[Product]:
    return [Product.objects.create(name=name, price=1, stock=stock) for stock in stocks]


def _stocks(products: Sequence[Product]) -> list[int]:
    """Return the stocks; 0 for a product that somebody has deleted."""
    keys = [product.pk for product in products]
    stocks = dict(Product.objects.filter(pk__in=keys).values_list("pk", "stock"))
    return [stocks.get(key) or 0 for key in keys]
