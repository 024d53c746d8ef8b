"""What the gateway knows becomes what we know: amounts only grow, and what cannot be right waits for a person."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from app.billing.models import PaymentStatus, Refund
from app.core import clock
from app.core.access import SYSTEM
from app.core.database import db
from app.orders.service import moving
from app.payments.gateway import CardRefund, CardStatus, Snapshot
from app.payments.models import PaymentOperation
from app.payments.service import applying, starting
from tests.orders.ordering import able_to_order, as_it_is, goods
from tests.payments.paying import card_order, moved, paid, the_payment_of, work
from tests.stock.shelving import filled


@pytest.fixture
def order(copper_kettle, context):
    """Of £48, waiting for its card."""
    return card_order(able_to_order(copper_kettle), {filled(goods("Sourdough", "10.00"), 90): 4})


@pytest.fixture
def held(order):
    """What the gateway says when it is held."""
    payment = starting.start_for_order(order.number, by=SYSTEM, at=clock.now())
    return Snapshot(
        payment_ref="pi_1",
        session_ref="cs_1",
        our_payment_id=payment.id,
        status=CardStatus.AUTHORISED,
        authorised=Decimal(48),
        card="Visa ending 4242",
    )


def apply(snapshot):
    return applying.apply_event(snapshot, at=clock.now())


def test_another_amount_than_we_asked_for_waits_for_a_person(order, held):
    apply(replace(held, authorised=Decimal(47)))
    payment = the_payment_of(order)
    assert (payment.status, payment.authorised) == (PaymentStatus.PENDING, 0)
    assert payment.problem.startswith("The gateway says £47.00, but we asked for £48.00.")
    assert as_it_is(order).hold_reason == "payment"


def test_somebody_elses_payment_with_a_number_of_ours_is_not_ours(order, held):
    apply(held)
    assert apply(replace(held, payment_ref="pi_2", session_ref="cs_2", captured=Decimal(48))) is None
    assert the_payment_of(order).captured == 0


def test_a_page_that_closed_late_takes_nothing_back(order, held):
    apply(replace(held, status=CardStatus.CAPTURED, captured=Decimal(48)))
    apply(replace(held, status=CardStatus.EXPIRED, authorised=Decimal(0)))
    assert the_payment_of(order).status == PaymentStatus.CAPTURED


def test_what_somebody_gave_back_at_the_gateway_pays_the_order_no_more(order, held):
    taken = replace(held, status=CardStatus.CAPTURED, captured=Decimal(48))
    back = CardRefund(ref="re_1", our_refund_id=None, amount=Decimal(8), status="done")
    for _ in range(2):
        apply(replace(taken, refunded=Decimal(8), refunds=(back,)))
    [refund] = db.session.query(Refund)
    assert (refund.amount, refund.status) == (8, "done")
    assert the_payment_of(order).status == PaymentStatus.PART_REFUNDED


def test_a_refund_that_fails_leaves_the_money_the_customers(order, cards, sandbox):
    payment = paid(order, sandbox, cards)
    moving.confirm(order.number, by=SYSTEM, at=clock.now())
    work()
    sandbox.fault("500", on="refund")
    moving.cancel(order.number, reason="Wrong day", by=SYSTEM, at=clock.now())
    work()
    [refund] = db.session.query(Refund)
    [asked] = db.session.query(PaymentOperation).filter_by(kind="refund")
    assert (refund.status, asked.status) == ("pending", "unknown")
    failed = CardRefund(ref="re_1", our_refund_id=refund.id, amount=Decimal(48), status="failed")
    now = the_payment_of(order)
    apply(
        Snapshot(
            payment_ref=now.gateway_ref,
            session_ref=None,
            our_payment_id=now.id,
            status=CardStatus.CAPTURED,
            authorised=Decimal(48),
            captured=Decimal(48),
            refunds=(failed,),
        )
    )
    again = the_payment_of(order)
    assert (again.unused, again.problem.startswith("The refund of £48.00 did not go through")) == (48, True)
    with clock.moved(timedelta(minutes=1)):
        work()
    assert ("refund", 4800) not in moved(payment, sandbox)
