"""The gateway calls us: only when it is genuine, once for each event, and what follows is asked, not believed."""

from datetime import timedelta

import pytest

from app.billing.models import PaymentStatus
from app.core import clock, outbox
from app.core.database import db
from app.core.transaction import in_one_transaction
from app.payments.models import GatewayEvent
from tests.orders.ordering import able_to_order, as_it_is, goods
from tests.payments.paying import card_order, page_for, the_payment_of, work
from tests.stock.shelving import filled

DOOR = "/api/v1/gateway/events"


@pytest.fixture
def order(copper_kettle, context, cards):
    """Waits for its card."""
    return card_order(able_to_order(copper_kettle), {filled(goods("Sourdough", "10.00"), 90): 4})


@pytest.fixture
def told(order, cards, sandbox):
    """Everything that the gateway tells of somebody who paid."""
    before = sandbox.last_told()
    sandbox.approve(page_for(order, cards))
    return [(raw, signature) for _, raw, signature in sandbox.told(after=before)]


def call(visitor, raw, signature):
    headers = {"Stripe-Signature": signature} if signature else {}
    return visitor.post(DOOR, data=raw, headers=headers, content_type="application/json")


def test_what_it_tells_is_kept_once_and_the_payment_looked_up(visitor, order, told):
    answers = [call(visitor, raw, signature) for raw, signature in told * 2]
    assert {one.status_code for one in answers} == {200}
    assert db.session.query(GatewayEvent).count() == len(told)
    work()
    assert the_payment_of(order).status == PaymentStatus.AUTHORISED
    assert as_it_is(order).hold_reason is None


WRONG = {
    "no signature": lambda raw, signature: (raw, ""),
    "another secret": lambda raw, signature: (raw, signature[:-4] + "beef"),
    "another amount": lambda raw, signature: (raw.replace(b"4800", b"0001"), signature),
    "nothing at all": lambda raw, signature: (b"", signature),
}


@pytest.mark.parametrize("change", WRONG.values(), ids=WRONG)
def test_what_is_not_genuine_is_refused_and_leaves_nothing_behind(visitor, order, told, change):
    assert {call(visitor, *change(*one)).status_code for one in told} == {400}
    work()
    assert db.session.query(GatewayEvent).count() == 0
    assert the_payment_of(order).status == PaymentStatus.PENDING


def test_what_is_too_old_is_refused(visitor, told):
    with clock.moved(timedelta(seconds=301)):
        assert {call(visitor, *one).status_code for one in told} == {400}


def test_news_of_somebody_elses_payment_is_parked_and_followed_once_we_know_it(visitor, order, told):
    payment = the_payment_of(order)
    refs = payment.session_ref, payment.gateway_ref
    payment.session_ref, payment.gateway_ref = "cs_of_another_house", "pi_of_another_house"
    db.session.commit()
    assert {call(visitor, *one).status_code for one in told} == {202}
    assert {one.problem for one in db.session.query(GatewayEvent)} == {"We know no such payment."}
    payment.session_ref, payment.gateway_ref = refs
    db.session.commit()
    promised("payments.reconcile")
    work()
    assert the_payment_of(order).status == PaymentStatus.AUTHORISED


def promised(topic):
    in_one_transaction(lambda: outbox.promise(topic))
