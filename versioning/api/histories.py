"""/customer/1/history/ and its like: the versions of an object, and how one is restored."""

# Without postponed annotations: django-ninja reads them through the decorators of a view.

from itertools import groupby
from typing import Annotated, Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.http import Http404, HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import WithJsonSchema

from bank import queries
from bank.api.ids import PathId, key_in_path
from bank.api.paging import next_page
from bank.api.problems import Problem
from bank.api.responses import json_response, with_etag
from bank.models import Customer, Key, Order, Product
from bank.queries import Document
from bank.transactions import retry_transaction
from versioning.api.commits import commit_document
from versioning.api.names import Body, Name
from versioning.errors import NotRestorable
from versioning.history import Version, versions
from versioning.kinds import KINDS, Kind
from versioning.revisions import hash_of

router = Router(tags=["version control"])
Limit = Annotated[int, Query(ge=1, le=100, description="At most so many; Link names the next.")]
KindName = Annotated[str, WithJsonSchema({"type": "string", "enum": [*KINDS]})]
Skip = Annotated[int, Query(ge=0, le=10**6)]


class RestoreIn(Body):
    commit: Name


@router.get("/{kind}/{pk}/history/", response=list[dict[str, Any]])
def list_versions(
    request: HttpRequest, kind: KindName, pk: PathId, limit: Limit = 20, skip: Skip = 0
) -> HttpResponse:
    """The versions of this object on the branch, newest first; a deleted one has no document.

    `before` is the document that the commit has changed: as it was at the commit's first parent.
    """
    key, one, found = _versions(kind, pk)
    response = json_response([_version(one, key, each) for each in found[skip : skip + limit]])
    if len(found) > skip + limit:
        response["Link"] = next_page(request, limit=limit, skip=skip + limit)
    return response


@router.get("/{kind}/{pk}/blame/", response=dict[str, Any])
def blame(request: HttpRequest, kind: KindName, pk: PathId) -> HttpResponse:
    """For each column of this object, the commit that gave it its value."""
    _, one, found = _versions(kind, pk)
    if found[0].row is None:
        raise Http404
    columns = [field for field in one.model._meta.concrete_fields if field.editable]
    return json_response({field.name: _last(field.attname, found) for field in columns})


@router.post("/{kind}/{pk}/restore/", response=dict[str, Any])
def restore(request: HttpRequest, kind: KindName, pk: PathId, wanted: RestoreIn) -> HttpResponse:
    """Gives the object the values that it had at this revision, as a new commit.

    A deleted one exists again, with its id. A product keeps today's stock. An order's products are
    taken out of today's stock, as by PUT, at the prices of then. If they or its customer were
    deleted, a 409 names them.
    """
    one = _kind(kind)
    key, commit = key_in_path(one.model, pk), hash_of(wanted.commit)
    with connections[DEFAULT_DB_ALIAS].snapshot(), one.at_commit(commit):  # type: ignore[attr-defined]
        past = one.read(key)
    if past is None:
        raise Problem(404, f"There was no {kind} {pk} at this commit.")

    @retry_transaction
    def write() -> HttpResponse:
        row = one.model.objects.filter(pk=key).first() or one.model(pk=key)
        _assign(row, past)
        return with_etag(one.read(key) or {})

    connection: Any = connections[DEFAULT_DB_ALIAS]
    with connection.alone():
        return write()


def _price(line: Document) -> Any:
    return line["price"]


def _kind(name: str) -> Kind:
    if name not in KINDS:
        raise Http404
    return KINDS[name]


def _versions(kind: str, pk: str) -> tuple[Key, Kind, list[Version]]:
    one = _kind(kind)
    key = key_in_path(one.model, pk)
    found = versions(one.model, key)
    if not found:
        raise Http404
    return key, one, found


def _version(one: Kind, key: Key, version: Version) -> dict[str, Any]:
    return commit_document(version.commit) | {
        "document": _document(one, key, version.row, version.commit.pk),
        "before": _document(one, key, version.before, version.parent),
    }


def _document(one: Kind, key: Key, row: Any, commit: str) -> Document | None:
    """Return the document of this row as it was at the commit; None if there was none."""
    if row is None:
        return None
    if one.columns is not None:
        return queries.document(row, one.columns)
    with one.at_commit(commit):
        return one.read(key)


def _last(column: str, found: list[Version]) -> dict[str, Any]:
    """Return the newest commit that changed this column."""
    return next(commit_document(each.commit) for each in found if column in each.changed)


def _assign(row: Any, past: Document) -> None:
    """Give the row the values of this document of it, and save it."""
    match row:
        case Order():
            _check_references(past)
            row.customer_id = past["customer"]["id"]
            quantities = {line["id"]: line["quantity"] for line in past["products"]}
            row.fill(quantities, past["subtotal"])
            for price, lines in groupby(sorted(past["products"], key=_price), key=_price):
                keys = [line["id"] for line in lines]
                row.lines.filter(product__in=keys).update(price=price)
        case Product(_state=state):
            row.name, row.price = past["name"], past["price"]
            if state.adding:
                row.stock = past["stock"]
            row.save()
        case _:
            row.name = past["name"]
            row.save()


def _check_references(order: Document) -> None:
    """Raise NotRestorable if the customer or a product of this order was deleted."""
    gone = _deleted(Customer, [order["customer"]]) + _deleted(Product, order["products"])
    if gone:
        raise NotRestorable(", ".join(gone))


def _deleted(model: Any, rows: list[Document]) -> list[str]:
    there = model.objects.in_bulk([row["id"] for row in rows])
    name = model._meta.verbose_name
    return [f"{name} {row['id']} ({row['name']})" for row in rows if row["id"] not in there]
