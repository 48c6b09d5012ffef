"""The tutorial's application as it is usually written: correct, short, and a query for everything.

After https://github.com/cockroachlabs/example-app-python-django: class-based views, queries in
a loop (for the customer and the products of each order on a page, for each product of a new order),
a new connection per request, the default middleware.
"""
# ruff: noqa: DJ008, S106 - models that no admin shows; a secret that keeps nothing.
# mypy: disable-error-code="attr-defined"
# (its plugin knows the models of installed applications only)

from __future__ import annotations

import json
import os
from decimal import Decimal
from typing import Any

import dj_database_url
import django
from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.core.handlers.wsgi import WSGIHandler
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

settings.configure(
    SECRET_KEY="benchmark",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    DATABASES={"default": dj_database_url.parse(os.environ["POSTGRESQL_URL"])},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INSTALLED_APPS=[
        f"django.contrib.{name}" for name in ("auth", "contenttypes", "sessions", "messages")
    ],
    MIDDLEWARE=[  # what `django-admin startproject` writes
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    LOGGING={  # errors end up in the peer's log, where the benchmark shows them
        "version": 1,
        "disable_existing_loggers": False,
        "handlers": {"stderr": {"class": "logging.StreamHandler"}},
        "root": {"handlers": ["stderr"], "level": "ERROR"},
    },
)
django.setup()


class Customers(models.Model):
    name = models.CharField(max_length=250)

    class Meta:
        app_label, managed, db_table = "naive", False, "customers"


class Products(models.Model):
    name = models.CharField(max_length=250)
    price = models.DecimalField(max_digits=18, decimal_places=2)
    stock = models.BigIntegerField(null=True)

    class Meta:
        app_label, managed, db_table = "naive", False, "products"


class Orders(models.Model):
    customer = models.ForeignKey(Customers, models.CASCADE)
    subtotal = models.DecimalField(max_digits=18, decimal_places=2)

    class Meta:
        app_label, managed, db_table = "naive", False, "orders"


class OrderLines(models.Model):
    order = models.ForeignKey(Orders, models.CASCADE)
    product = models.ForeignKey(Products, models.CASCADE)
    quantity = models.IntegerField()
    price = models.DecimalField(max_digits=18, decimal_places=2)

    class Meta:
        app_label, managed, db_table = "naive", False, "order_lines"


def page(request: HttpRequest, rows: models.QuerySet[Any]) -> models.QuerySet[Any]:
    after, limit = int(request.GET.get("after", 0)), int(request.GET.get("limit", 100))
    return rows.filter(id__gt=after).order_by("id")[:limit]


def order_as_dict(order: Orders) -> dict[str, Any]:
    """Two queries more for each order: one for its customer, one for its products."""
    customer = order.customer
    lines = order.orderlines_set.order_by("id").values(
        "product_id", "product__name", "price", "quantity"
    )
    products = [
        {
            "id": line["product_id"],
            "name": line["product__name"],
            "price": line["price"],
            "quantity": line["quantity"],
        }
        for line in lines
    ]
    return {
        "id": order.id,
        "subtotal": f"{order.subtotal:.2f}",
        "customer": {"id": customer.id, "name": customer.name},
        "products": products,
    }


class PingView(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse("python/django")


class CustomersView(View):
    def get(self, request: HttpRequest, id: int | None = None) -> HttpResponse:
        if id is not None:
            return JsonResponse(Customers.objects.filter(id=id).values("id", "name")[0])
        return JsonResponse(list(page(request, Customers.objects.values("id", "name"))), safe=False)


@method_decorator(csrf_exempt, name="dispatch")
class OrdersView(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        orders = page(request, Orders.objects.all())
        return JsonResponse([order_as_dict(order) for order in orders], safe=False)

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            order = self.place(json.loads(request.body))
        except ObjectDoesNotExist as error:
            return JsonResponse({"detail": str(error)}, status=422)
        if order is None:
            return JsonResponse({"detail": "Not enough stock."}, status=409)
        return JsonResponse(order_as_dict(order))

    # The isolation level is the server's default, READ COMMITTED: the tutorial sets none, because
    # CockroachDB has SERIALIZABLE by default, and then nothing is refused that needs a retry.
    @transaction.atomic
    def place(self, data: dict[str, Any]) -> Orders | None:
        customer = Customers.objects.get(id=data["customer"]["id"])
        order = Orders(customer=customer, subtotal=Decimal(data.get("subtotal", 0)))
        order.save()
        for item in data["products"]:
            product = Products.objects.get(id=item["id"])
            if product.stock is not None:
                if product.stock < item["quantity"]:
                    transaction.set_rollback(True)
                    return None
                product.stock -= item["quantity"]
                product.save()
            if "subtotal" not in data:
                order.subtotal += product.price * item["quantity"]
            OrderLines(
                order=order, product=product, quantity=item["quantity"], price=product.price
            ).save()
        order.save()
        return order


urlpatterns = [
    path("ping/", PingView.as_view()),
    path("customer/", CustomersView.as_view()),
    path("customer/<int:id>/", CustomersView.as_view()),
    path("order/", OrdersView.as_view()),
]
application = WSGIHandler()
