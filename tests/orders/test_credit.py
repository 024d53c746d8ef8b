"""What a customer may owe: which orders count, which wait, and what ends the waiting."""

from decimal import Decimal

import pytest

from app.core import clock
from app.core.access import SYSTEM
from app.core.database import db
from app.orders.amended import Changes
from app.orders.models import Order
from app.orders.service import amending, moving
from app.orders.states import OrderStatus, PaymentMethod
from tests.orders.ordering import as_it_is, goods, placed
from tests.orders.standing import arrived, confirmed, sent
from tests.stock.shelving import filled


@pytest.fixture
def loaf(context):
    """£3.90 with VAT."""
    return filled(goods("Sourdough", "3.25"), 100)


def agree(customer, **facts) -> None:
    for name, value in facts.items():
        setattr(customer, name, value)
    db.session.add(customer)
    db.session.commit()


def amended(order: Order, quantity: int) -> Order:
    items = {item.product_id: quantity for item in order.items}
    amending.amend(order.number, Changes(items=items), by=SYSTEM, at=clock.now())
    return as_it_is(order)


@pytest.mark.parametrize(("limit", "hold"), [("19.50", None), ("19.49", "credit")])
def test_exactly_the_limit_fits_and_a_penny_more_waits(cafe, loaf, limit, hold):
    agree(cafe, credit_limit=Decimal(limit))
    assert placed({loaf: 5}, cafe).hold_reason == hold


def test_what_was_sent_counts_on_as_an_invoice_that_is_open(cafe, loaf):
    agree(cafe, credit_limit=Decimal("19.50"))
    first = confirmed(placed({loaf: 5}, cafe))
    sent(first)
    assert as_it_is(first).status == OrderStatus.SHIPPED
    assert placed({loaf: 1}, cafe).hold_reason == "credit"
    arrived(first)
    assert placed({loaf: 1}, cafe).hold_reason == "credit"


def test_who_is_confirmed_at_once_waits_over_the_limit_like_anybody(cafe, loaf):
    agree(cafe, credit_limit=Decimal(10), auto_confirm=True)
    order = placed({loaf: 5}, cafe)
    assert (order.status, order.hold_reason) == (OrderStatus.PENDING, "credit")
    assert placed({loaf: 1}, cafe).status == OrderStatus.CONFIRMED


def test_an_order_that_grows_over_the_limit_waits_and_one_that_shrinks_under_it_does_not(cafe, loaf):
    agree(cafe, credit_limit=Decimal("19.50"))
    order = placed({loaf: 5}, cafe)
    assert amended(order, 6).hold_reason == "credit"
    assert amended(order, 5).hold_reason is None


def test_paid_in_advance_it_waits_again_when_it_grows_and_only_then(cafe, loaf):
    order = placed({loaf: 5}, cafe, payment_method=PaymentMethod.TRANSFER)
    assert order.hold_reason == "payment"
    moving.release(order.number, reason="£19.50 came in", by=SYSTEM)
    assert amended(order, 4).hold_reason is None
    assert amended(order, 5).hold_reason == "payment"
    assert amended(order, 4).hold_reason == "payment"


def test_what_a_person_let_go_over_the_limit_is_held_again_only_when_it_grows(cafe, loaf):
    agree(cafe, credit_limit=Decimal(10))
    order = placed({loaf: 5}, cafe)
    moving.release(order.number, reason="They pay on Friday", by=SYSTEM)
    assert amended(order, 4).hold_reason is None
    assert amended(order, 5).hold_reason == "credit"
