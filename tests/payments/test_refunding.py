"""Money back for an order: on the account, to the card or by bank; never more than was invoiced or captured."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from app.billing.models import Invoice, Refund
from app.core import clock
from app.core.access import SYSTEM, Viewer
from app.core.database import db
from app.core.errors import Conflict, NotAllowed, Refused
from app.fulfilment.models import Return
from app.fulfilment.service import returning
from app.operations import checks
from app.orders.moves import IllegalMove
from app.orders.queries.credit import credit_of
from app.payments.models import PaymentOperation
from app.payments.service import refunding
from tests import factories
from tests.billing.owing import still_open
from tests.fulfilment.moving_goods import approved, confirmed, sent
from tests.orders.ordering import able_to_order, as_it_is, goods
from tests.payments.refunding import asked, paid_by_card, refunded
from tests.stock.shelving import filled, ledger, shelf


@pytest.fixture
def cafe(copper_kettle, context):
    return able_to_order(copper_kettle)


@pytest.fixture
def loaf(context):
    return filled(goods("Sourdough", "3.25"), 20)


@pytest.fixture
def order(cafe, loaf):
    """10 loaves in two parts, 4 and 6, delivered for £4.50: £44.40 with VAT."""
    factories.user("Hana Whitlock", role="admin")
    factories.delivery_method("North round", price_net="4.50")
    found = confirmed({loaf: 10}, cafe)
    sent(found, picked={1: 4})
    sent(found)
    return found


def invoices_of(order) -> list[Invoice]:
    db.session.expire_all()
    question = select(Invoice).where(Invoice.order_id == order.id, Invoice.kind == "invoice")
    return list(db.session.scalars(question.order_by(Invoice.id)))


def wrong() -> list[Any]:
    """Every invariant that does not hold."""
    return [verdict for verdict in checks.run_all() if not verdict.holds]


def test_everything_is_exactly_what_was_invoiced_and_nothing_is_owed_any_more(order, cafe):
    invoiced = sum(invoice.total for invoice in invoices_of(order))
    done = refunded(order.number)
    assert (done.total, done.paid_back, len(done.notes)) == (invoiced, 0, 2)
    assert [still_open(invoice) for invoice in invoices_of(order)] == [0, 0]
    assert credit_of(cafe).used == 0
    assert wrong() == []


def test_lines_are_credited_from_the_oldest_invoice_on(order):
    first, second = invoices_of(order)
    done = refunded(order.number, {1: 5})
    assert [note.paper.credits_id for note in done.notes] == [first.id, second.id]
    assert done.total == Decimal("19.50")
    assert still_open(first) == Decimal("5.40")  # its delivery


def test_what_was_paid_stays_as_credit_unless_it_goes_back_by_bank(order, cafe):
    for invoice in invoices_of(order):
        paid_by_card(invoice)
    kept, back = refunded(order.number, {1: 1}), refunded(order.number, {1: 1}, to="bank")
    assert (kept.paid_back, back.paid_back) == (Decimal("3.90"), Decimal("3.90"))
    assert credit_of(cafe).used == Decimal("-3.90")
    assert [still_open(one.notes[0].paper) for one in (kept, back)] == [Decimal("-3.90"), 0]
    [refund] = db.session.scalars(select(Refund))
    assert (refund.status, refund.amount, refund.refunded_on) == ("done", Decimal("3.90"), refund.refunded_on)
    assert refund.refunded_on is not None
    assert wrong() == []


def test_the_card_gets_back_what_was_captured_there_once_the_gateway_is_asked(order):
    payments = [paid_by_card(invoice) for invoice in invoices_of(order)]
    done = refunded(order.number, to="card")
    assert [(one.payment_id, one.amount, one.status) for one in done.refunds] == [
        (payment.id, payment.captured, "pending") for payment in payments
    ]
    operations = db.session.scalars(select(PaymentOperation).order_by(PaymentOperation.id)).all()
    assert [(one.kind, one.refund_id) for one in operations] == [("refund", one.id) for one in done.refunds]
    assert wrong() == []


def test_never_more_goes_to_the_card_than_was_captured_and_is_not_on_its_way_back(order):
    first, second = invoices_of(order)
    for payment in (paid_by_card(first, Decimal("10.00")), paid_by_card(second)):
        payment.refunded = payment.captured - Decimal("5.00")  # at the gateway, for something else
    db.session.commit()
    assert refunded(order.number, {1: 5}, to="card").paid_back == Decimal("8.50")
    with pytest.raises(Refused, match=r"Only £1\.50 of it can go back to the card") as refusal:
        refunded(order.number, {1: 1}, to="card")
    assert refusal.value.field == "to"


def test_what_was_never_paid_goes_to_no_card_and_no_bank(order):
    for to in ("card", "bank"):
        with pytest.raises(Refused, match="None of this was paid yet") as refusal:
            refunded(order.number, {1: 1}, to=to)
        assert refusal.value.field == "to"
    assert db.session.scalars(select(Refund)).all() == []


@pytest.mark.parametrize(
    ("wrong", "field", "sentence"),
    [
        ({"lines": {1: 11}}, "lines.1", "10 of Sourdough can be refunded"),
        ({"lines": {7: 1}}, "lines.7", "not in this order"),
        ({"lines": {1: 0}}, "lines", "1 or more"),
        ({"reason": ""}, "reason", "Say why"),
    ],
)
def test_what_cannot_be_refunded_is_refused_in_a_sentence(order, wrong, field, sentence):
    with pytest.raises(Refused, match=sentence) as refusal:
        refunded(order.number, **wrong)
    assert refusal.value.field == field


def test_delivery_is_refunded_once(order):
    assert refunded(order.number, {}, with_delivery=True).total == Decimal("5.40")
    with pytest.raises(Refused, match="No delivery is left") as refusal:
        refunded(order.number, {1: 1}, with_delivery=True)
    assert refusal.value.field == "delivery"
    refunded(order.number)
    with pytest.raises(Refused, match="All of it is credited already"):
        refunded(order.number)


def test_what_has_not_left_is_not_refunded_and_who_may_not_refund_does_not(order, cafe, loaf):
    with pytest.raises(IllegalMove, match="Nothing of it has left"):
        refunded(confirmed({loaf: 1}, cafe).number)
    clerk = Viewer(principal="user:1", is_staff=True, permissions=frozenset({"orders:read"}))
    with pytest.raises(NotAllowed):
        refunded(order.number, by=clerk)


def test_an_amount_that_nobody_has_seen_is_not_refunded(order):
    with pytest.raises(Conflict, match=r"It comes to £3\.90 by now"):
        refunded(order.number, {1: 1}, seen=Decimal("4.00"))
    assert refunded(order.number, {1: 1}, seen=Decimal("3.90")).total == Decimal("3.90")


def test_goods_go_back_on_the_shelf_through_a_return_that_is_settled_at_once(order, loaf):
    refunded(order.number, {1: 3}, restock=True)
    assert (shelf(loaf).on_hand, ledger(loaf)[-1]) == (13, ("return", 3, 13))
    assert as_it_is(order).items[0].quantity_returned == 3
    [back] = db.session.scalars(select(Return))
    assert back.status == "closed"
    assert db.session.scalar(select(Invoice.return_id).where(Invoice.kind == "credit_note")) == back.id
    refunded(order.number, restock=True)
    assert shelf(loaf).on_hand == 20
    assert wrong() == []


def test_what_came_back_before_is_not_put_on_the_shelf_twice(order, loaf):
    back = approved(order, {1: 4})
    returning.receive(back.id, received={1: 4}, restocked={1: 1}, by=SYSTEM, at=clock.now())
    foreseen = refunding.foresee(order.number, asked(restock=True), by=SYSTEM)
    assert foreseen.restocked == 6
    refunded(order.number, restock=True)
    assert shelf(loaf).on_hand == 17


def test_a_return_is_closed_by_its_refund_and_only_once(order, loaf):
    back = approved(order, {1: 4})
    with pytest.raises(Conflict):
        refunded(order.number, {1: 4}, return_id=back.id)
    returning.receive(back.id, received={1: 4}, restocked={1: 1}, by=SYSTEM, at=clock.now())
    refunded(order.number, {1: 4}, return_id=back.id, restock=True)
    db.session.expire_all()
    assert (db.session.get_one(Return, back.id).status, shelf(loaf).on_hand) == ("closed", 11)
    with pytest.raises(Conflict, match="closed by now"):
        refunded(order.number, {1: 1}, return_id=back.id)
