"""/order/: the orders, with their lines."""

# Without postponed annotations: django-ninja reads them through the decorators of a view.

from collections import Counter
from contextlib import suppress
from functools import partial

from django.http import HttpRequest, HttpResponse
from ninja import Router

from bank import queries
from bank.api.conditional import READ, WRITE, check_preconditions, one
from bank.api.from_model import assign
from bank.api.idempotency import IDEMPOTENCY_KEY, once
from bank.api.ids import PathId, key_in_path, key_of
from bank.api.paging import After, Limit, page
from bank.api.problems import invalid
from bank.api.responses import created, with_etag
from bank.api.schemas import CUSTOMER, ORDER, ORDER_COLUMNS, LineIn, OrderIn, OrderOut
from bank.errors import SubtotalTooLarge, UnknownProducts
from bank.models import MAX_COUNT, Customer, Key, Order, Product
from bank.transactions import retry_transaction

router = Router(tags=["order"])
read = partial(queries.order, ORDER_COLUMNS)
read_page = partial(queries.orders, ORDER_COLUMNS)


@router.get("/", response=list[OrderOut])
def list_orders(request: HttpRequest, limit: Limit = 100, after: After = None) -> HttpResponse:
    """A page of orders with their lines, in the order of their ids; Link has the next page."""
    return page(request, read_page, Order, limit, after)


@router.post("/", response=OrderOut, openapi_extra=IDEMPOTENCY_KEY)
def create_order(request: HttpRequest, order: OrderIn) -> HttpResponse:
    """Takes the products out of stock. If there is not enough, 409, and nothing is changed."""

    def create() -> HttpResponse:
        return created("order", _fill(Order(), order))

    return once(request, create)


@router.get("/{pk}/", response=OrderOut, openapi_extra=READ)
def get_order(request: HttpRequest, pk: PathId) -> HttpResponse:
    """An order with its lines, at the prices of then; 304 if its ETag is in If-None-Match."""
    return one(request, read(key_in_path(Order, pk)))


@router.put("/{pk}/", response=OrderOut, openapi_extra=WRITE)
@retry_transaction
def replace_order(request: HttpRequest, pk: PathId, order: OrderIn) -> HttpResponse:
    """The same as deleting and placing the order, with current prices, but it keeps its id."""
    key = key_in_path(Order, pk)
    check_preconditions(request, read(key))
    return with_etag(_fill(Order.objects.get(pk=key), order))


@router.delete("/{pk}/", response={204: None}, openapi_extra=WRITE)
@retry_transaction
def delete_order(request: HttpRequest, pk: PathId) -> HttpResponse:
    """Puts the order's products back in stock."""
    key = key_in_path(Order, pk)
    check_preconditions(request, read(key))
    Order(pk=key).cancel()
    return HttpResponse(status=204)


def _fill(order: Order, wanted: OrderIn) -> queries.Document:
    """Set the order's customer and lines; raise a 422 that points at an invalid member."""
    quantities = _quantities(wanted.products)
    customer = _customer(wanted.customer.id)
    order.customer_id = customer["id"]
    assign(order, wanted, ORDER)
    try:
        order.fill(quantities, wanted.subtotal)
    except UnknownProducts as error:
        ids = [str(line.id) for line in wanted.products]
        position = ids.index(str(error.keys[0]))
        raise invalid(f"/products/{position}/id", str(error)) from error
    except SubtotalTooLarge as error:
        raise invalid("/products", str(error)) from error
    return queries.new_order(ORDER_COLUMNS, order, customer)


def _customer(raw: int | str) -> queries.Document:
    with suppress(ValueError):
        if customer := queries.one(Customer, CUSTOMER, key_of(Customer, raw)):
            return customer
    raise invalid("/customer/id", "There is no such customer.")


def _quantities(lines: list[LineIn]) -> dict[Key, int]:
    """Return the quantity of each product; quantities of the same product are added."""
    quantities: Counter[Key] = Counter()
    for position, line in enumerate(lines):
        try:
            key = key_of(Product, line.id)
        except ValueError as error:
            raise invalid(f"/products/{position}/id", "There is no such product.") from error
        quantities[key] += line.quantity
        if quantities[key] > MAX_COUNT:
            raise invalid(f"/products/{position}/quantity", f"At most {MAX_COUNT} in an order.")
    return quantities
