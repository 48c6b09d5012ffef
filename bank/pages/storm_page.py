"""The page of the storm: how the buyers buy, and what they got."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from bank.models import Customer, Order, Product
from bank.pages import props, storm
from bank.pages.access import demonstration
from bank.pages.demonstrations import show
from bank.pages.ways import SAFE, WAYS, ways
from bank.transactions import retry_transaction


class StormForm(forms.Form):
    """The number of buyers and pieces, and the way to buy."""

    buyers = forms.IntegerField(min_value=1, max_value=100, initial=50)
    pieces = forms.IntegerField(min_value=0, max_value=100, initial=10)
    way = forms.ChoiceField(widget=forms.RadioSelect, initial=SAFE)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: Any = self.fields["way"]
        choices.choices = [(name, way.label) for name, way in ways().items()]


@demonstration
@require_http_methods(["GET", "HEAD", "POST"])
def storm_page(request: HttpRequest) -> HttpResponse:
    """The form; a POST runs a storm and shows it. No row of it is left in the shop."""
    form = StormForm(request.POST if request.method == "POST" else None)
    return show(request, "pages/storm.html", form, _run, ways=ways())


@demonstration
@require_safe
def stock_now(request: HttpRequest) -> HttpResponse:
    """The stock and the orders while a storm is running."""
    product = Product.objects.filter(name__startswith=props.NAME).order_by("-pk").first()
    orders = Order.objects.filter(customer__name=product.name).count() if product else 0
    context = {"product": product, "orders": orders}
    return render(request, "pages/stock.html", context)


def _run(way: str, pieces: int, buyers: int) -> dict[str, Any]:
    chosen = WAYS[way]
    with props.name_of_rows() as name:
        shop = _open(name, pieces)
        result = storm.storm(chosen.run, chosen.buy, shop, buyers=buyers)
    rows = [(buyer, _bars(buyer, 600 / result.milliseconds)) for buyer in result.buyers]
    return {"result": result, "way": chosen, "rows": rows, "threads": storm.THREADS}


@retry_transaction
def _open(name: str, pieces: int) -> storm.Shop:
    product = Product.objects.create(name=name, price=1, stock=pieces)
    return storm.Shop(product, Customer.objects.create(name=name))


def _bars(buyer: storm.Buyer, scale: float) -> list[tuple[int, int]]:
    """Return where the bar of each attempt begins, and how long it is."""
    ends = [*buyer.attempts[1:], buyer.ended] if buyer.attempts else []
    return [
        (round(begin * scale), max(round((end - begin) * scale) - 1, 2))
        for begin, end in zip(buyer.attempts, ends, strict=True)
    ]
