"""A refund to the card, all the way to the gateway and back."""

from decimal import Decimal

import pytest

from app.billing.models import PaymentStatus, Refund
from app.core import clock
from app.core.access import SYSTEM
from app.core.database import db
from app.orders.service import moving
from tests.orders.ordering import able_to_order, as_it_is, goods
from tests.orders.standing import sent
from tests.payments.paying import card_order, moved, paid, the_payment_of, work
from tests.payments.refunding import refunded
from tests.stock.shelving import filled


@pytest.fixture
def cafe(copper_kettle, context):
    return able_to_order(copper_kettle, payment_terms="prepay", credit_limit=0)


def test_it_is_given_back_once_by_the_gateway_and_the_order_tells_it(cafe, as_user, tom, cards, sandbox):
    order = card_order(cafe, {filled(goods("Sourdough"), 20): 4})
    payment = paid(order, sandbox, cards)
    moving.confirm(order.number, by=SYSTEM, at=clock.now())
    work()
    sent(as_it_is(order))
    for _ in range(2):
        refunded(order.number, {1: 1}, to="card")
    work()
    assert [(one.status, one.amount) for one in db.session.query(Refund)] == [("done", Decimal(12))] * 2
    assert moved(payment, sandbox)[-2:] == [("refund", 1200)] * 2
    now = the_payment_of(order)
    assert (now.status, now.refunded) == (PaymentStatus.PART_REFUNDED, Decimal(24))
    page = as_user(tom).get(f"/desk/orders/{order.number}").text
    assert "of £12.00 to the card" in page
    assert "Paid back" in page
