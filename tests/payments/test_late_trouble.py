"""Trouble that comes late: holds that lapse, refunds that fail, pages nobody can close, cards switched off."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text

from app.billing.models import PaymentStatus, Refund
from app.core import clock, outbox
from app.core.access import SYSTEM
from app.core.database import db
from app.core.outbox import OutboxMessage
from app.core.transaction import in_one_transaction
from app.jobs import JOBS
from app.orders.service import moving
from app.orders.states import HoldReason, OrderStatus
from app.payments.gateway import CardRefund
from app.payments.models import PaymentOperation
from app.payments.queries.broken import operations_unknown_for_too_long
from app.payments.service import applying, asking, fitting
from tests.orders.ordering import able_to_order, as_it_is, goods
from tests.payments.paying import card_order, moved, page_for, paid, the_payment_of, work
from tests.stock.shelving import filled


@pytest.fixture
def cafe(copper_kettle, context, owner):
    return able_to_order(copper_kettle)


@pytest.fixture
def loaf(context):
    return filled(goods("Sourdough", "10.00"), 90)


@pytest.fixture
def order(cafe, loaf, cards):
    """Of £48, waiting for its card."""
    return card_order(cafe, {loaf: 4})


def confirmed(order):
    """What is held is to be captured, and the worker has not come to it yet."""
    moving.confirm(order.number, by=SYSTEM, at=clock.now())
    settled(order)


def settled(order):
    fitting.settle_order(order.id, at=clock.now())


def cancelled(order):
    moving.cancel(order.number, reason="Wrong day", by=SYSTEM, at=clock.now())


def lapsed(order, cards):
    """The gateway lets go what it held, and we look."""
    payment = the_payment_of(order)
    cards.void(payment.gateway_ref, key=f"lapses {payment.gateway_ref}")
    for _ in range(2):
        asking.ask(payment.id, cards=cards, at=clock.now())


def done(topic, *, after=timedelta(0)):
    """By the worker, so much later."""
    in_one_transaction(lambda: outbox.promise(topic))
    with clock.moved(after):
        work()


def told_the_desk(app, words):
    return [mail for mail in app.extensions["gateways"].mailer.sent if words in mail.text]


def capture():
    db.session.expire_all()
    return db.session.query(PaymentOperation).filter_by(kind="capture").one()


def changed(statement):
    db.session.execute(text(statement))
    db.session.commit()


def test_an_order_whose_hold_lapses_waits_for_money_again_and_the_desk_hears_of_it(
    order, cards, sandbox, app
):
    paid(order, sandbox, cards)
    confirmed(order)
    lapsed(order, cards)
    work()
    assert (as_it_is(order).hold_reason, capture().status) == (HoldReason.PAYMENT, "declined")
    assert len(told_the_desk(app, "was let go at the gateway")) == 1
    assert not told_the_desk(app, "could not be taken")
    again = paid(order, sandbox, cards)
    work()
    assert (as_it_is(order).hold_reason, moved(again, sandbox)[-1]) == (None, ("capture", 4800))


def test_an_order_whose_hold_lapses_is_not_cancelled_the_minute_after(order, cards, sandbox):
    paid(order, sandbox, cards)
    with clock.moved(timedelta(hours=2)):
        lapsed(order, cards)
    done("payments.expire", after=timedelta(hours=2, minutes=1))
    assert (as_it_is(order).status, as_it_is(order).hold_reason) == (OrderStatus.PENDING, HoldReason.PAYMENT)


def test_a_hold_that_is_not_wanted_any_more_lapses_without_a_word(order, cards, sandbox, app):
    paid(order, sandbox, cards)
    cancelled(order)
    lapsed(order, cards)
    work()
    assert not told_the_desk(app, "was let go at the gateway")


def test_a_refund_that_fails_after_it_was_done_is_told_the_desk_once(order, cards, sandbox, app):
    payment = paid(order, sandbox, cards)
    confirmed(order)
    work()
    cancelled(order)
    work()
    [refund] = db.session.query(Refund)
    back = CardRefund(ref=refund.gateway_ref, our_refund_id=refund.id, amount=Decimal(48), status="failed")
    now = replace(cards.look_up(payment.gateway_ref), refunded=Decimal(0), refunds=(back,))
    for _ in range(2):
        applying.apply_event(now, at=clock.now())
        work()
    assert len(told_the_desk(app, "the money came back to us")) == 1
    assert the_payment_of(order).problem.startswith("The refund of £48.00")
    changed("UPDATE payment SET problem = ''")  # somebody has seen to it
    applying.apply_event(now, at=clock.now())
    assert the_payment_of(order).problem == ""


def test_a_page_that_the_gateway_does_not_know_keeps_no_other_order_from_expiring(
    order, cafe, loaf, cards, app
):
    page_for(order, cards)
    changed("UPDATE payment SET session_ref = 'cs_gone'")
    other = card_order(cafe, {loaf: 2})
    page_for(other, cards)
    for minutes in (31, 32):
        done("payments.expire", after=timedelta(minutes=minutes))
    assert (as_it_is(order).status, as_it_is(other).status) == (OrderStatus.PENDING, OrderStatus.CANCELLED)
    assert len(told_the_desk(app, "could not be closed")) == 1
    done("payments.expire", after=timedelta(minutes=61))
    assert (as_it_is(order).status, the_payment_of(order).status) == (
        OrderStatus.CANCELLED,
        PaymentStatus.FAILED,
    )


def test_a_page_that_the_gateway_does_not_know_keeps_no_other_payment_from_being_followed(
    order, cafe, loaf, cards, sandbox
):
    page_for(order, cards)
    changed("UPDATE payment SET session_ref = 'cs_gone'")
    other = card_order(cafe, {loaf: 2})
    sandbox.approve(page_for(other, cards))
    done("payments.reconcile", after=timedelta(minutes=1))
    assert the_payment_of(other).status == PaymentStatus.AUTHORISED


def switched_off(app):
    app.extensions["gateways"] = replace(app.extensions["gateways"], cards=None)


def test_where_cards_are_switched_off_an_order_expires_once_its_page_is_over(order, cards, app):
    page_for(order, cards)
    switched_off(app)
    done("payments.expire", after=timedelta(minutes=31))
    assert as_it_is(order).status == OrderStatus.PENDING
    done("payments.expire", after=timedelta(minutes=61))
    assert as_it_is(order).status == OrderStatus.CANCELLED


def test_what_is_to_be_asked_waits_until_cards_are_switched_on_and_the_checks_tell_of_it(
    order, cards, sandbox, app
):
    paid(order, sandbox, cards)
    confirmed(order)
    switched_off(app)
    work()
    [message] = db.session.query(OutboxMessage).filter_by(topic="payments.operate")
    assert (message.state, message.attempts) == ("queued", 0)
    assert not operations_unknown_for_too_long()
    changed("UPDATE payment_operation SET created_at = now() - interval '1 hour'")
    assert len(operations_unknown_for_too_long()) == 1


def test_less_of_an_order_is_taken_where_nothing_was_taken_yet(order, cards, sandbox):
    payment = paid(order, sandbox, cards)
    confirmed(order)
    moving.cancel_remainder(order.number, lines={1: 1}, reason="No oven", by=SYSTEM, at=clock.now())
    settled(order)
    work()
    assert moved(payment, sandbox)[1] == ("capture", 3600)
    assert db.session.query(Refund).all() == []


def test_a_cancelled_order_is_not_taken_first_and_given_back_then(order, cards, sandbox, app):
    payment = paid(order, sandbox, cards)
    confirmed(order)
    cancelled(order)
    settled(order)
    work()
    assert moved(payment, sandbox) == [("authorise", 4800), ("void", 4800)]
    assert (capture().status, the_payment_of(order).problem) == ("declined", "")


def test_a_refund_that_nobody_tells_of_is_followed_for_longer_than_a_day(order, cards, sandbox):
    paid(order, sandbox, cards)
    confirmed(order)
    work()
    sandbox.fault("drop", on="refund", count=2)
    cancelled(order)
    work()
    [refund] = db.session.query(Refund)
    assert refund.status == "pending"
    for table in ("payment", "payment_operation"):
        changed(f"UPDATE {table} SET created_at = now() - interval '3 days'")
    done("payments.reconcile", after=timedelta(minutes=1))
    assert refund.status == "done"


def test_what_the_gateway_tells_is_asked_about_for_longer_than_half_an_hour():
    assert sum(JOBS["payments.ask"].pauses, timedelta()) > timedelta(minutes=30)


def test_a_card_order_that_costs_nothing_waits_for_no_card(cafe, cards):
    free = card_order(cafe, {filled(goods("Sample", "0.00"), 9): 1})
    assert (free.total, free.hold_reason) == (0, None)
    moving.confirm(free.number, by=SYSTEM, at=clock.now())
    work()
    assert as_it_is(free).status == OrderStatus.CONFIRMED
