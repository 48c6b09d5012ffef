"""Django REST framework, optimized: few statements, persistent connections, JSON only."""
# ruff: noqa: DJ008, E402, S106 - models that are not in the admin; the framework reads the
# settings when it is imported; the secret protects nothing.
# mypy: disable-error-code="attr-defined"
# (its plugin supports models of installed applications only)

from __future__ import annotations

import os
import random
import time
from typing import Any

import dj_database_url
import django
from django.conf import settings
from django.db.backends.postgresql.psycopg_any import IsolationLevel

DATABASE = dj_database_url.parse(
    os.environ["POSTGRESQL_URL"], conn_max_age=None, conn_health_checks=True
)
DATABASE["OPTIONS"] = {"isolation_level": IsolationLevel.SERIALIZABLE}
settings.configure(
    SECRET_KEY="benchmark",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    DATABASES={"default": DATABASE},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INSTALLED_APPS=["rest_framework"],
    MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
    REST_FRAMEWORK={
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
        "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
        "DEFAULT_AUTHENTICATION_CLASSES": [],
        "DEFAULT_PERMISSION_CLASSES": [],
        "UNAUTHENTICATED_USER": None,
    },
    LOGGING={  # errors go to the peer's log, which the benchmark shows
        "version": 1,
        "disable_existing_loggers": False,
        "handlers": {"stderr": {"class": "logging.StreamHandler"}},
        "root": {"handlers": ["stderr"], "level": "ERROR"},
    },
)
django.setup()

from django.core.handlers.wsgi import WSGIHandler
from django.db import OperationalError, models, transaction
from django.db.models import F, Prefetch
from django.http import HttpRequest, HttpResponse
from django.urls import path
from rest_framework import generics, pagination, serializers
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response


class Customer(models.Model):
    name = models.CharField(max_length=250)

    class Meta:
        app_label, managed, db_table = "drf", False, "customers"


class Product(models.Model):
    name = models.CharField(max_length=250)
    price = models.DecimalField(max_digits=18, decimal_places=2)
    stock = models.BigIntegerField(null=True)

    class Meta:
        app_label, managed, db_table = "drf", False, "products"


class Order(models.Model):
    customer = models.ForeignKey(Customer, models.PROTECT)
    subtotal = models.DecimalField(max_digits=18, decimal_places=2)

    class Meta:
        app_label, managed, db_table = "drf", False, "orders"


class OrderLine(models.Model):
    order = models.ForeignKey(Order, models.CASCADE, related_name="lines")
    product = models.ForeignKey(Product, models.PROTECT)
    quantity = models.IntegerField()
    price = models.DecimalField(max_digits=18, decimal_places=2)

    class Meta:
        app_label, managed, db_table = "drf", False, "order_lines"


class CustomerSerializer(serializers.ModelSerializer):
    class Meta:
        model = Customer
        fields = ["id", "name"]


class LineSerializer(serializers.ModelSerializer):
    id = serializers.IntegerField(source="product_id")
    name = serializers.CharField(source="product.name")

    class Meta:
        model = OrderLine
        fields = ["id", "name", "price", "quantity"]


class OrderSerializer(serializers.ModelSerializer):
    customer = CustomerSerializer()
    products = LineSerializer(source="lines", many=True)

    class Meta:
        model = Order
        fields = ["id", "subtotal", "customer", "products"]


class ReferenceSerializer(serializers.Serializer):
    id = serializers.IntegerField(min_value=1)


class QuantitySerializer(ReferenceSerializer):
    quantity = serializers.IntegerField(min_value=1, default=1)


class NewOrderSerializer(serializers.Serializer):
    customer = ReferenceSerializer()
    products = QuantitySerializer(many=True)
    subtotal = serializers.DecimalField(18, 2, min_value=0, required=False)


class Unknown(APIException):
    status_code = 422
    default_detail = "No such customer or product."


class NotEnoughStock(APIException):
    status_code = 409
    default_detail = "Not enough stock."


class KeysetPagination(pagination.BasePagination):
    def paginate_queryset(
        self, queryset: models.QuerySet[Any], request: Request, view: Any = None
    ) -> list[Any]:
        after, limit = (int(request.query_params.get(*name)) for name in PAGE.items())
        return list(queryset.filter(pk__gt=after).order_by("pk")[: min(limit, 1000)])

    def get_paginated_response(self, data: Any) -> Response:
        return Response(data)


PAGE = {"after": "0", "limit": "100"}


class CustomerList(generics.ListAPIView):
    queryset = Customer.objects.all()
    serializer_class = CustomerSerializer
    pagination_class = KeysetPagination


class CustomerDetail(generics.RetrieveAPIView):
    queryset = Customer.objects.all()
    serializer_class = CustomerSerializer


class OrderList(generics.ListAPIView):
    queryset = Order.objects.select_related("customer").prefetch_related(
        Prefetch("lines", OrderLine.objects.select_related("product").order_by("pk"))
    )
    serializer_class = OrderSerializer
    pagination_class = KeysetPagination

    def post(self, request: Request) -> Response:
        new = NewOrderSerializer(data=request.data)
        new.is_valid(raise_exception=True)
        return Response(OrderSerializer(place_until_accepted(new.validated_data)).data)


def place_until_accepted(new: dict[str, Any], attempts: int = 20) -> dict[str, Any]:
    for attempt in range(attempts):
        try:
            return place(new)
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", None) != "40001" or attempt + 1 == attempts:
                raise
            time.sleep(random.uniform(0, 0.005 * 2 ** min(attempt, 6)))
    raise AssertionError("unreachable")


@transaction.atomic
def place(new: dict[str, Any]) -> dict[str, Any]:
    """Return the new order as its serializer reads it, without another query."""
    quantities = {item["id"]: item["quantity"] for item in new["products"]}
    customer = Customer.objects.filter(pk=new["customer"]["id"]).first()
    products = Product.objects.in_bulk(quantities)
    if customer is None or len(products) < len(quantities):
        raise Unknown
    take_stock(products, quantities)
    lines = [
        OrderLine(product=products[key], quantity=quantity, price=products[key].price)
        for key, quantity in quantities.items()
    ]
    subtotal = new.get("subtotal", sum(line.price * line.quantity for line in lines))
    order = Order.objects.create(customer=customer, subtotal=subtotal)
    for line in lines:
        line.order = order
    OrderLine.objects.bulk_create(lines)
    return {"id": order.pk, "subtotal": subtotal, "customer": customer, "lines": lines}


def take_stock(products: dict[int, Product], quantities: dict[int, int]) -> None:
    for product in products.values():
        quantity = quantities[product.pk]
        if product.stock is None:
            continue
        enough = Product.objects.filter(pk=product.pk, stock__gte=quantity)
        if not enough.update(stock=F("stock") - quantity):
            raise NotEnoughStock


def ping(request: HttpRequest) -> HttpResponse:
    return HttpResponse("python/django")


urlpatterns = [
    path("ping/", ping),
    path("customer/", CustomerList.as_view()),
    path("customer/<int:pk>/", CustomerDetail.as_view()),
    path("order/", OrderList.as_view()),
]
application = WSGIHandler()
