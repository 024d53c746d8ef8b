"""Pages that close, and what stands against it: a declined card, a stranger's payment, a gateway that says no."""

import pytest

from app.billing.models import Payment, PaymentStatus
from app.core import clock
from app.core.access import SYSTEM
from app.core.database import db
from app.orders.service import moving
from app.payments.models import PaymentOperation
from app.payments.service import asking, carrying_out, fitting
from tests.orders.ordering import able_to_order, as_it_is, buying, goods
from tests.payments.paying import card_order, moved, page_for, paid, the_payment_of, work
from tests.payments.sandbox import wanted
from tests.shop.ordering import words
from tests.stock.shelving import filled


@pytest.fixture
def order(context, maya, copper_kettle, cards):
    """Maya's, of £48, which waits for her card."""
    return card_order(
        able_to_order(copper_kettle), {filled(goods("Sourdough", "10.00"), 90): 4}, by=buying(maya)
    )


@pytest.fixture
def declined(order, cards, sandbox):
    """Its page, on which a card was declined, as we know."""
    page = page_for(order, cards)
    sandbox.decline(page)
    asking.ask_quietly(the_payment_of(order).id, cards=cards, at=clock.now())
    return page


def cancelled(order):
    moving.cancel(order.number, reason="Wrong day", by=SYSTEM, at=clock.now())


def operation(kind):
    return db.session.query(PaymentOperation).filter_by(kind=kind).one()


def test_nobody_pays_a_cancelled_order_after_a_card_was_declined(order, declined, sandbox):
    cancelled(order)
    work()
    sandbox.approve(declined)
    payment = the_payment_of(order)
    assert (payment.status, moved(payment, sandbox)) == (PaymentStatus.FAILED, [])


def test_who_paid_before_the_page_was_closed_is_let_go(order, declined, sandbox):
    sandbox.approve(declined)
    cancelled(order)
    work()
    payment = the_payment_of(order)
    assert payment.status == PaymentStatus.VOIDED
    assert moved(payment, sandbox) == [("authorise", 4800), ("void", 4800)]


def test_what_the_gateway_would_not_let_go_is_tried_again_when_the_desk_asks(
    as_user, tom, order, cards, sandbox
):
    payment = paid(order, sandbox, cards)
    cancelled(order)
    fitting.settle_order(order.id, at=clock.now())
    carrying_out.note_declined(operation("void").id, "Not now.", at=clock.now())
    as_user(tom).submit(f"/desk/orders/{order.number}/ask-gateway")
    work()
    now = the_payment_of(order)
    assert (now.status, now.problem, moved(payment, sandbox)[-1]) == ("voided", "", ("void", 4800))


def test_what_was_taken_while_the_order_was_cancelled_goes_back_by_itself(
    as_user, maya, order, cards, sandbox
):
    payment = paid(order, sandbox, cards)
    moving.confirm(order.number, by=SYSTEM, at=clock.now())
    sandbox.fault("drop", on="capture", count=2)
    work()
    cancelled(order)
    work()
    now = the_payment_of(order)
    assert (now.status, now.problem) == (PaymentStatus.REFUNDED, "")
    assert moved(payment, sandbox) == [("authorise", 4800), ("capture", 4800), ("refund", 4800)]
    assert "Wrong day. £48.00 goes back to your card." in words(
        as_user(maya).get(f"/orders/{order.number}/pay")
    )


def test_a_cancelled_order_that_nobody_paid_says_that_nothing_is_charged(as_user, maya, order):
    cancelled(order)
    assert "Wrong day. Nothing is charged." in words(as_user(maya).get(f"/orders/{order.number}/pay"))


def test_a_no_that_comes_after_the_outcome_is_known_changes_nothing(order, cards, sandbox):
    paid(order, sandbox, cards)
    moving.confirm(order.number, by=SYSTEM, at=clock.now())
    work()
    carrying_out.note_declined(operation("capture").id, "It has moved on.", at=clock.now())
    assert (the_payment_of(order).status, the_payment_of(order).problem) == (PaymentStatus.CAPTURED, "")


def test_a_strangers_payment_with_our_number_is_not_ours_and_ours_is(order, cards, sandbox, app):
    page = page_for(order, cards)
    stranger = wanted("48.00", payment_id=the_payment_of(order).id)
    tell_us_of(cards.open_page(stranger, key=f"stranger {order.number}"), sandbox, app)
    assert (the_payment_of(order).status, as_it_is(order).hold_reason) == ("pending", "payment")
    tell_us_of(page, sandbox, app)
    assert (the_payment_of(order).status, as_it_is(order).hold_reason) == ("authorised", None)


def tell_us_of(page, sandbox, app):
    """It is paid, and the gateway calls about the payment alone."""
    before = sandbox.last_told()
    sandbox.approve(page)
    [(_, raw, signature)] = [
        one for one in sandbox.told(after=before) if b"amount_capturable" in one[1][:200]
    ]
    client = app.test_client()
    answer = client.post("/api/v1/gateway/events", data=raw, headers={"Stripe-Signature": signature})
    assert answer.status_code == 200, answer.text
    work()


@pytest.mark.parametrize("way", ["paid", "back"])
def test_who_comes_back_to_a_payment_that_the_gateway_does_not_know_reads_so(
    way, as_user, maya, order, cards
):
    page_for(order, cards)
    payment = the_payment_of(order)
    payment.session_ref = "cs_test_gone"
    db.session.commit()
    mayas = as_user(maya)
    answer = mayas.get(f"/payments/{payment.id}/{way}")
    assert "The card gateway does not know this payment." in words(mayas.get(answer.location))


def test_the_desk_asks_about_every_payment_whatever_the_gateway_says_to_the_first(
    as_user, tom, order, cards, sandbox
):
    sandbox.approve(page_for(order, cards))
    first = the_payment_of(order)
    same = {"customer_id": first.customer_id, "order_id": order.id, "amount": 48, "currency": "GBP"}
    db.session.add(Payment(**same, status=PaymentStatus.FAILED, session_ref="cs_test_lost"))
    db.session.commit()
    toms = as_user(tom)
    toms.submit(f"/desk/orders/{order.number}/ask-gateway")
    shown = words(toms.get(f"/desk/orders/{order.number}"))
    assert "Held on the card" in shown
    assert "The card gateway does not know this payment." in shown
