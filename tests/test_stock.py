"""Orders take products out of stock and put them back; a refused order changes no stock."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from bank.models import Customer, Order, Product
from tests.api import Api, pointers, problem


def order_body(api: Api, *lines: tuple[Any, int]) -> Any:
    products = [{"id": product["id"], "quantity": quantity} for product, quantity in lines]
    return {"customer": api.customer(), "products": products}


def test_an_order_takes_its_quantities_out_of_stock(api: Api) -> None:
    pen, cup, uncounted = api.product(stock=5), api.product(stock=3), api.product(stock=None)

    api.order(api.customer(), (pen, 2), cup, (uncounted, 1000))

    assert [api.stock(product) for product in (pen, cup, uncounted)] == [3, 2, None]


def test_every_order_of_a_counted_product_changes_its_stock_token(api: Api) -> None:
    pen, tokens = api.product(stock=5), set()

    for _ in range(3):
        tokens.add(Product.objects.get().stock_token)
        api.order(api.customer(), pen)

    assert len(tokens | {Product.objects.get().stock_token}) == 4


def test_the_last_piece_can_be_ordered(api: Api) -> None:
    pen = api.product(stock=2)

    api.order(api.customer(), (pen, 2))

    assert api.stock(pen) == 0


@pytest.mark.parametrize(("stock", "quantity"), [(0, 1), (2, 3), (5, 2**31 - 1)])
def test_an_order_of_more_than_the_stock_is_refused(api: Api, stock: int, quantity: int) -> None:
    pen = api.product("Pen", "0.01", stock=stock)

    response = api.post("/order/", order_body(api, (pen, quantity)))

    detail = problem(response, 409)["detail"]
    assert "Pen" in detail
    assert str(stock) in detail
    assert api.list("/order/") == []
    assert api.stock(pen) == stock


def test_the_quantities_of_a_repeated_product_must_be_in_stock(api: Api) -> None:
    pen = api.product(stock=3)

    response = api.post("/order/", order_body(api, (pen, 2), (pen, 2)))

    problem(response, 409)
    assert api.list("/order/") == []
    assert api.stock(pen) == 3


@pytest.mark.parametrize("position", [0, 1, 2])
def test_an_order_with_one_product_out_of_stock_changes_nothing(api: Api, position: int) -> None:
    products = [api.product(name, stock=5) for name in ("Pen", "Cup", "Mug")]
    quantities = [1, 1, 1]
    quantities[position] = 6

    response = api.post("/order/", order_body(api, *zip(products, quantities, strict=True)))

    named = [name for name in ("Pen", "Cup", "Mug") if name in problem(response, 409)["detail"]]
    assert named == [products[position]["name"]]
    assert api.list("/order/") == []
    assert api.list("/product/") == products


def test_an_order_with_an_unknown_product_changes_no_stock(api: Api) -> None:
    pen, gone = api.product(stock=5), {"id": api.gone("product")}

    response = api.post("/order/", order_body(api, (pen, 2), (gone, 1)))

    assert pointers(response) == ["#/products/1/id"]
    assert api.stock(pen) == 5


def test_deleting_an_order_puts_its_products_back_in_stock_once(api: Api) -> None:
    pen, cup, uncounted = api.product(stock=5), api.product(stock=3), api.product(stock=None)
    order = api.order(api.customer(), (pen, 2), (cup, 3), uncounted)

    responses = [api.delete(f"/order/{order['id']}/") for _ in range(2)]

    assert [response.status_code for response in responses] == [204, 404]
    assert [api.stock(product) for product in (pen, cup, uncounted)] == [5, 3, None]


def test_more_orders_than_fit_in_one_statement_are_cancelled(api: Api) -> None:
    pen = api.product(stock=5)
    api.order(api.customer(), (pen, 2))
    customer = Customer.objects.get()
    Order.objects.bulk_create(Order(customer=customer, subtotal=0) for _ in range(1000))

    Order.objects.all().cancel()

    assert not Order.objects.exists()
    assert api.stock(pen) == 5


def test_put_returns_the_old_quantities_and_takes_the_new_ones(api: Api) -> None:
    pen, cup, mug = api.product(stock=5), api.product(stock=5), api.product(stock=5)
    order = api.order(api.customer(), (pen, 5), (cup, 2))

    response = api.put(f"/order/{order['id']}/", order_body(api, (pen, 4), (mug, 3)))

    assert response.status_code == 200
    assert [api.stock(product) for product in (pen, cup, mug)] == [1, 5, 2]


def test_put_may_use_the_stock_that_it_returns(api: Api) -> None:
    pen = api.product(stock=5)
    order = api.order(api.customer(), (pen, 4))

    response = api.put(f"/order/{order['id']}/", order_body(api, (pen, 5)))

    assert response.json()["products"][0]["quantity"] == 5
    assert api.stock(pen) == 0


def test_a_put_without_enough_stock_leaves_the_order_unchanged(api: Api) -> None:
    pen, cup = api.product(stock=5), api.product(stock=5)
    order = api.order(api.customer("Carl"), (pen, 4))

    response = api.put(f"/order/{order['id']}/", order_body(api, (cup, 2), (pen, 6)))

    problem(response, 409)
    assert api.list("/order/") == [order]
    assert [api.stock(product) for product in (pen, cup)] == [1, 5]


def test_a_put_with_an_unknown_product_leaves_the_order_unchanged(api: Api) -> None:
    pen, gone = api.product(stock=5), {"id": api.gone("product")}
    order = api.order(api.customer(), (pen, 4))

    response = api.put(f"/order/{order['id']}/", order_body(api, (pen, 1), (gone, 1)))

    assert pointers(response) == ["#/products/1/id"]
    assert api.list("/order/") == [order]
    assert api.stock(pen) == 1


def test_deleting_an_order_adds_to_the_current_stock(api: Api) -> None:
    pen = api.product(stock=5)
    order = api.order(api.customer(), (pen, 2))
    api.put(f"/product/{pen['id']}/", {**pen, "stock": 100})

    api.delete(f"/order/{order['id']}/")

    assert api.stock(pen) == 102


def test_deleting_an_order_does_not_count_an_uncounted_product(api: Api) -> None:
    pen = api.product(stock=5)
    order = api.order(api.customer(), (pen, 2))
    api.put(f"/product/{pen['id']}/", {**pen, "stock": None})

    api.delete(f"/order/{order['id']}/")

    assert api.stock(pen) is None


def test_a_refused_put_names_the_quantity_that_was_available(api: Api) -> None:
    pen = api.product(stock=5)
    order = api.order(api.customer(), (pen, 4))

    response = api.put(f"/order/{order['id']}/", order_body(api, (pen, 6)))

    assert "(5 left)" in problem(response, 409)["detail"]


def test_every_write_of_stock_changes_the_stock_token(api: Api) -> None:
    # If two transactions write the same stock, this is the column in which they differ.
    pen = api.product(stock=5)
    tokens = [token(pen)]

    api.order(api.customer(), (pen, 2))
    tokens.append(token(pen))
    api.put(f"/product/{pen['id']}/", pen)
    tokens.append(token(pen))
    Product.objects.get(pk=pen["id"]).save()
    tokens.append(token(pen))
    Product.objects.get(pk=pen["id"]).save(update_fields=["stock"])
    tokens.append(token(pen))

    assert len(set(tokens)) == 5
    assert set(pen) == {"id", "name", "price", "stock"}


def test_every_change_of_an_order_changes_its_token(api: Api) -> None:
    # If two transactions change one order, this is the column in which they differ.
    order = api.order(api.customer(), api.product())
    tokens = [Order.objects.get().change_token]

    api.put(f"/order/{order['id']}/", order_body(api))
    tokens.append(Order.objects.get().change_token)
    Order.objects.get().save(update_fields=["customer"])  # as the admin does
    tokens.append(Order.objects.get().change_token)

    assert len(set(tokens)) == 3


def token(product: Any) -> int | None:
    return Product.objects.get(pk=product["id"]).stock_token


MAX_STOCK = 2**31 - 1


def ordered_then_full(api: Api) -> tuple[Any, Any]:
    """Create an order of two pieces of a product whose stock is then set to the limit."""
    pen = api.product("Pen", stock=5)
    order = api.order(api.customer(), (pen, 2))
    assert api.put(f"/product/{pen['id']}/", {**pen, "stock": MAX_STOCK}).status_code == 200
    return pen, order


def test_returned_stock_may_not_exceed_the_limit(api: Api) -> None:
    pen, order = ordered_then_full(api)
    path = f"/order/{order['id']}/"

    deleted = api.delete(path)
    replaced = api.put(path, order_body(api))

    for refused in (deleted, replaced):
        assert "'Pen'" in problem(refused, 409)["detail"]
    assert api.list("/order/") == [order]
    assert api.stock(pen) == MAX_STOCK


def test_returned_stock_may_reach_the_limit(api: Api) -> None:
    pen, order = ordered_then_full(api)
    api.put(f"/product/{pen['id']}/", {**pen, "stock": MAX_STOCK - 2})

    assert api.delete(f"/order/{order['id']}/").status_code == 204
    assert api.stock(pen) == MAX_STOCK


def test_stock_above_the_limit_can_be_sold(api: Api) -> None:
    pen = api.product("Pen", stock=5)
    Product.objects.update(stock=MAX_STOCK + 9)

    api.order(api.customer(), (pen, 2))

    assert api.stock(pen) == MAX_STOCK + 7


@pytest.mark.parametrize("stock", [-1, MAX_STOCK + 1])
def test_the_admin_refuses_the_stock_that_the_api_refuses(api: Api, stock: int) -> None:
    pointed_at = pointers(api.post("/product/", {"name": "Pen", "price": 1, "stock": stock}))

    assert pointed_at == ["#/stock"]
    with pytest.raises(ValidationError, match="stock"):
        Product(name="Pen", price=1, stock=stock).clean_fields()
    Product(name="Pen", price=1, stock=MAX_STOCK).clean_fields()
