"""Ordering again: every difference is shown and agreed to, and nothing is dropped in silence."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import update

from app.catalogue.models import Price, Product, ProductStatus
from app.core import clock
from app.core.access import SYSTEM
from app.core.business import today
from app.core.database import db
from app.orders.service import moving
from app.stock.models import StockItem
from tests.orders.ordering import able_to_order, placed
from tests.shop.test_catalogue import box, words


@pytest.fixture
def order(copper_kettle, espresso, rye):
    return placed({espresso: 6, rye: 2}, able_to_order(copper_kettle))


@pytest.fixture
def address(order):
    return f"/orders/{order.number}/reorder"


def changed(model, of, **facts):
    column = model.id if model is Product else model.product_id
    db.session.execute(update(model).where(column == of.id).values(**facts))
    db.session.commit()


def boxes(product_quantities) -> dict[str, str]:
    return {f"q{one.id}": str(quantity) for one, quantity in product_quantities.items()}


def test_what_is_as_it_was_says_so_and_goes_in_the_basket(mayas, address, espresso, rye):
    changed(StockItem, rye, on_hand=10)
    page = mayas.get(address)
    assert "All as it was" in words(page)
    assert "6 × £17.50" in words(page)
    assert box(espresso, mayas.get("/basket").text) == "no box"
    answer = mayas.submit(address, do="add", **boxes({espresso: 6, rye: 2}))
    assert answer.location == "/basket"
    basket = mayas.get("/basket").text
    assert (box(espresso, basket), box(rye, basket)) == ("6", "2")


def test_another_price_is_told_with_both(mayas, address, espresso, rye):
    changed(StockItem, rye, on_hand=10)
    changed(Price, espresso, unit_price=Decimal("19.00"))
    page = words(mayas.get(address))
    assert "£17.50 each then, £19.00 now." in page
    assert "1 line is different from then" in page


def test_packs_that_came_later_are_told(mayas, address, espresso):
    changed(Product, espresso, pack_size=4)
    page = mayas.get(address)
    assert "8, not 6: it comes in packs of 4." in words(page)
    assert box(espresso, page.text) == "8"


def test_what_is_short_is_told_and_what_there_is_offered(mayas, address, rye):
    page = mayas.get(address)
    assert "Only 1 left, you asked for 2." in words(page)
    assert box(rye, page.text) == "1"


def test_what_is_sold_no_more_is_named(mayas, address, espresso, rye):
    changed(Product, rye, status=ProductStatus.DISCONTINUED)
    page = words(mayas.get(address))
    assert "We no longer sell it." in page
    assert "1 line cannot be ordered any more." in page
    assert "Add 1 line to basket" in page


def test_what_has_run_out_is_told(mayas, address, rye):
    changed(StockItem, rye, on_hand=0)
    page = mayas.get(address)
    soon = today() + timedelta(days=3)
    back = f"Back {soon:%a} {soon.day} {soon:%b}."
    assert "None are left just now, you asked for 2." in words(page)
    assert back not in words(page)
    changed(StockItem, rye, back_on=soon)
    assert back in words(mayas.get(address))
    assert box(rye, page.text) == "0"


def test_what_is_in_the_basket_stays_and_the_larger_counts(mayas, address, espresso, rye):
    mayas.submit("/basket", **boxes({espresso: 10}))
    assert "10 in your basket already: the larger of the two stays." in words(mayas.get(address))
    mayas.submit(address, do="add", **boxes({espresso: 6, rye: 1}))
    basket = mayas.get("/basket").text
    assert (box(espresso, basket), box(rye, basket)) == ("10", "1")


def test_what_has_changed_since_it_was_looked_at_is_shown_again(mayas, address, espresso, rye):
    changed(StockItem, espresso, on_hand=9)
    answer = mayas.submit(address, do="add", **boxes({espresso: 6, rye: 1}))
    assert answer.status_code == 422
    assert "Only 3 left, you asked for 6." in words(answer)
    assert box(espresso, mayas.get("/basket").text) == "no box"


def test_quantities_can_be_changed_before(mayas, address, espresso, rye):
    mayas.submit(address, do="add", **boxes({espresso: 3, rye: 0}))
    basket = mayas.get("/basket").text
    assert (box(espresso, basket), box(rye, basket)) == ("3", "no box")


def test_a_cancelled_order_can_be_ordered_again(mayas, order, address, espresso):
    moving.cancel(order.number, reason="Wrong day", by=SYSTEM, at=clock.now())
    assert box(espresso, mayas.get(address).text) == "6"


def test_an_order_of_another_company_does_not_exist(mayas, northgate, espresso):
    theirs = placed({espresso: 1}, able_to_order(northgate))
    assert mayas.get(f"/orders/{theirs.number}/reorder").status_code == 404
