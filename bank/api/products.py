"""/product/: the products."""

# Without postponed annotations: django-ninja reads them through the decorators of a view.

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from ninja import Router

from bank import queries
from bank.api.conditional import READ, WRITE, check_preconditions, one
from bank.api.from_model import assign
from bank.api.idempotency import IDEMPOTENCY_KEY, once
from bank.api.ids import PathId, key_in_path
from bank.api.paging import After, Limit, page
from bank.api.responses import created, deleted, with_etag
from bank.api.schemas import PRODUCT, ProductIn, ProductOut
from bank.models import OrderLine, Product
from bank.transactions import retry_transaction

router = Router(tags=["product"])
read = partial(queries.one, Product, PRODUCT)
read_page = partial(queries.some, Product, PRODUCT)


@router.get("/", response=list[ProductOut])
def list_products(request: HttpRequest, limit: Limit = 100, after: After = None) -> HttpResponse:
    """A page of products, in the order of their ids; the header Link has the next page."""
    return page(request, read_page, Product, limit, after)


@router.post("/", response=ProductOut, openapi_extra=IDEMPOTENCY_KEY)
def create_product(request: HttpRequest, product: ProductIn) -> HttpResponse:
    """Adds a product; one without a stock is not counted."""

    def create() -> HttpResponse:
        new = Product.objects.create(**dict(product))
        return created("product", queries.document(new, PRODUCT))

    return once(request, create)


@router.get("/{pk}/", response=ProductOut, openapi_extra=READ)
def get_product(request: HttpRequest, pk: PathId) -> HttpResponse:
    """A product with its stock; 304 if its ETag is in If-None-Match."""
    return one(request, read(key_in_path(Product, pk)))


@router.put("/{pk}/", response=ProductOut, openapi_extra=WRITE)
@retry_transaction
def replace_product(request: HttpRequest, pk: PathId, product: ProductIn) -> HttpResponse:
    """Replaces the product; 412 if it no longer has the ETag in If-Match."""
    row = get_object_or_404(Product, pk=key_in_path(Product, pk))
    check_preconditions(request, queries.document(row, PRODUCT))
    assign(row, product, PRODUCT)
    row.save(force_update=True)
    return with_etag(queries.document(row, PRODUCT))


@router.delete("/{pk}/", response={204: None}, openapi_extra=WRITE)
@retry_transaction
def delete_product(request: HttpRequest, pk: PathId) -> HttpResponse:
    """Refused with 409 while orders contain the product."""
    key = key_in_path(Product, pk)
    check_preconditions(request, read(key))
    return deleted(Product.objects.filter(pk=key), used_by=OrderLine.objects.filter(product=key))
