"""/product/: what can be ordered."""

# Without postponed annotations: django-ninja reads them through the decorators of a view.

from django.http import HttpRequest, HttpResponse
from ninja import Router

from bank import queries
from bank.api.conditional import check_preconditions, one
from bank.api.idempotency import IDEMPOTENCY_KEY, once
from bank.api.ids import key_in_path
from bank.api.paging import After, Limit, page
from bank.api.responses import created, deleted, with_etag
from bank.api.schemas import ProductIn, ProductOut
from bank.models import OrderLine, Product
from bank.transactions import retry_transaction

router = Router(tags=["product"])


@router.get("/", response=list[ProductOut])
def list_products(request: HttpRequest, limit: Limit = 100, after: After = None) -> HttpResponse:
    return page(request, queries.products, Product, limit, after)


@router.post("/", response=ProductOut, openapi_extra=IDEMPOTENCY_KEY)
def create_product(request: HttpRequest, product: ProductIn) -> HttpResponse:
    def create() -> HttpResponse:
        new = Product.objects.create(**product.model_dump())
        return created("product", {"id": new.pk, **product.model_dump()})

    return once(request, create)


@router.get("/{pk}/", response=ProductOut)
def get_product(request: HttpRequest, pk: str) -> HttpResponse:
    return one(request, queries.product(key_in_path(Product, pk)))


@router.put("/{pk}/", response=ProductOut)
@retry_transaction
def replace_product(request: HttpRequest, pk: str, product: ProductIn) -> HttpResponse:
    key = key_in_path(Product, pk)
    check_preconditions(request, queries.product(key))
    Product(pk=key, **product.model_dump()).save(force_update=True)
    return with_etag({"id": key, **product.model_dump()})


@router.delete("/{pk}/", response={204: None})
@retry_transaction
def delete_product(request: HttpRequest, pk: str) -> HttpResponse:
    """Refused with 409 while orders contain the product."""
    key = key_in_path(Product, pk)
    check_preconditions(request, queries.product(key))
    return deleted(Product.objects.filter(pk=key), used_by=OrderLine.objects.filter(product=key))
