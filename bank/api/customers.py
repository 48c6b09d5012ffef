"""/customer/: the customers."""

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
from bank.api.schemas import CUSTOMER, CustomerIn, CustomerOut
from bank.models import Customer, Order
from bank.transactions import retry_transaction

router = Router(tags=["customer"])
read = partial(queries.one, Customer, CUSTOMER)
read_page = partial(queries.some, Customer, CUSTOMER)


@router.get("/", response=list[CustomerOut])
def list_customers(request: HttpRequest, limit: Limit = 100, after: After = None) -> HttpResponse:
    """A page of customers, in the order of their ids; the header Link has the next page."""
    return page(request, read_page, Customer, limit, after)


@router.post("/", response=CustomerOut, openapi_extra=IDEMPOTENCY_KEY)
def create_customer(request: HttpRequest, customer: CustomerIn) -> HttpResponse:
    """Adds a customer. Sent again with the same Idempotency-Key, it adds no second one."""

    def create() -> HttpResponse:
        new = Customer.objects.create(**dict(customer))
        return created("customer", queries.document(new, CUSTOMER))

    return once(request, create)


@router.get("/{pk}/", response=CustomerOut, openapi_extra=READ)
def get_customer(request: HttpRequest, pk: PathId) -> HttpResponse:
    """A customer; 304 if its ETag is in If-None-Match."""
    return one(request, read(key_in_path(Customer, pk)))


@router.put("/{pk}/", response=CustomerOut, openapi_extra=WRITE)
@retry_transaction
def replace_customer(request: HttpRequest, pk: PathId, customer: CustomerIn) -> HttpResponse:
    """Replaces the customer; 412 if it no longer has the ETag in If-Match."""
    row = get_object_or_404(Customer, pk=key_in_path(Customer, pk))
    check_preconditions(request, queries.document(row, CUSTOMER))
    assign(row, customer, CUSTOMER)
    row.save(force_update=True)
    return with_etag(queries.document(row, CUSTOMER))


@router.delete("/{pk}/", response={204: None}, openapi_extra=WRITE)
@retry_transaction
def delete_customer(request: HttpRequest, pk: PathId) -> HttpResponse:
    """Refused with 409 while the customer has orders."""
    key = key_in_path(Customer, pk)
    check_preconditions(request, read(key))
    return deleted(Customer.objects.filter(pk=key), used_by=Order.objects.filter(customer=key))
