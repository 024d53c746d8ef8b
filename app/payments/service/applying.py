"""What the gateway knows becomes what we know: webhook, browser and reconciler all come through here.

Amounts only grow and the status follows from them, so that news may come twice, late and in any order.
"""

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from app.billing.models import Payment, PaymentStatus
from app.core import audit
from app.core.access import SYSTEM
from app.core.business import business
from app.core.clock import business_day
from app.core.database import db
from app.core.money import money
from app.core.transaction import use_case
from app.orders.models import Order
from app.orders.queries import orders
from app.orders.service import paying
from app.orders.states import HoldReason, OrderStatus
from app.payments.gateway import CardStatus, Snapshot
from app.payments.models import OperationKind
from app.payments.queries import operations as asked_before
from app.payments.queries import payments
from app.payments.queries.payments import Whose
from app.payments.service import fitting, operations, refunds, using
from app.payments.service.telling import note_for_desk, tell_desk

ANOTHER_AMOUNT = "The gateway says {}, but we asked for {}. Look at it in the gateway's own pages."
TOO_LATE = "{} came in by card after the order was cancelled. It is let go or given back by itself."
NOT_NEEDED = "{} came in by card that is not needed any more. It is let go or given back by itself."
LAPSED = "{} that was held on the card was let go at the gateway. Ask the buyer to pay again."
NOT_HELD = "The card holds nothing for it any more"


class Locked(NamedTuple):
    """What nobody else moves meanwhile."""

    payment: Payment
    order: Order | None


@use_case
def apply_event(snapshot: Snapshot, *, at: datetime) -> Payment | None:
    """None when it is about no payment of ours."""
    whose = payments.meant_by(snapshot)
    if whose is None:
        return None
    payment, order = locked(whose)
    if problem := _what_is_wrong(payment, snapshot):
        tell_desk(payment, order, problem)
        return payment
    on, before = business_day(at, business().time_zone), (payment.authorised, payment.captured)
    was_let_go = payment.voided_at or payment.void_asked_at
    _grow(payment, snapshot, at)
    _note_operations(payment, snapshot, at)
    if payment.captured > before[1]:
        payment.captured_at, payment.captured_on = payment.captured_at or at, payment.captured_on or on
        using.came_in(payment, payment.captured - before[1], order, on=on)
    refunds.note(payment, order, snapshot.refunds, at=at, on=on)
    payment.status = status_of(payment, snapshot)
    db.session.flush()
    if order is not None:
        _tell_history(payment, order, before)
        if payment.status == PaymentStatus.VOIDED and not was_let_go:
            _wait_for_money_again(payment, order)
        _move_order(payment, order, is_new=not any(before), at=at)
    return payment


def locked(whose: Whose) -> Locked:
    """The order first, as everybody locks."""
    order = orders.order_locked(SYSTEM, whose.order_number) if whose.order_number else None
    return Locked(payments.payment_locked(whose.payment_id), order)


def _what_is_wrong(payment: Payment, snapshot: Snapshot) -> str:
    """Nothing may come in but what we asked for."""
    told = max(snapshot.authorised, snapshot.captured)
    if told in (0, payment.amount) or (snapshot.captured and told < payment.amount):
        return ""
    return ANOTHER_AMOUNT.format(money(told, payment.currency), money(payment.amount, payment.currency))


def _grow(payment: Payment, snapshot: Snapshot, at: datetime) -> None:
    payment.session_ref = payment.session_ref or snapshot.session_ref
    payment.gateway_ref = payment.gateway_ref or snapshot.payment_ref
    payment.card = snapshot.card or payment.card
    payment.authorised = max(payment.authorised, snapshot.authorised, snapshot.captured)
    payment.captured = max(payment.captured, snapshot.captured)
    payment.refunded = max(payment.refunded, snapshot.refunded)
    if payment.authorised:
        payment.authorised_at = payment.authorised_at or at
    if snapshot.voided or snapshot.status == CardStatus.VOIDED:
        payment.voided_at = payment.voided_at or at


def status_of(payment: Payment, snapshot: Snapshot) -> PaymentStatus:
    """What has happened stays so: of a page that closed nobody hears that it is open again."""
    facts = (
        (payment.captured and payment.refunded >= payment.captured, PaymentStatus.REFUNDED),
        (payment.refunded, PaymentStatus.PART_REFUNDED),
        (payment.captured, PaymentStatus.CAPTURED),
        (payment.voided_at, PaymentStatus.VOIDED),
        (payment.authorised, PaymentStatus.AUTHORISED),
        (payment.status == PaymentStatus.FAILED, PaymentStatus.FAILED),
        (snapshot.status == CardStatus.EXPIRED, PaymentStatus.FAILED),
        (snapshot.status == CardStatus.UNSETTLED, PaymentStatus.UNKNOWN),
    )
    return next((status for fact, status in facts if fact), PaymentStatus.PENDING)


def _note_operations(payment: Payment, snapshot: Snapshot, at: datetime) -> None:
    page = payments.page_of(payment.id)
    if page is not None:
        operations.succeeded(page, at=at)  # whoever tells us of a page has opened it
        page.problem = "" if payment.authorised else snapshot.problem[: operations.LONGEST_PROBLEM]
    capture = asked_before.operation_under(payment.id, OperationKind.CAPTURE)
    if payment.captured:
        operations.succeeded(capture, at=at)
    elif payment.voided_at:
        operations.declined(capture, "It was let go already.", at=at)
    is_closed = payment.voided_at or snapshot.status == CardStatus.EXPIRED
    void = asked_before.operation_under(payment.id, OperationKind.VOID)
    if is_closed:
        operations.succeeded(void, at=at)
    elif void and payment.captured:
        operations.declined(void, "It was captured already.", at=at)


def _tell_history(payment: Payment, order: Order, before: tuple[Decimal, Decimal]) -> None:
    """The order's own page tells what came in for it, once."""
    steps = (
        ("order.card_captured", before[1], payment.captured),
        ("order.card_authorised", before[0], payment.authorised),
    )
    for action, was, now in steps:
        if now > was:
            audit.record(action, order, by=SYSTEM, diff={"amount": [None, str(now)]})


def _wait_for_money_again(payment: Payment, order: Order) -> None:
    """Nobody here let it go: the gateway did, or time ran out. The order expires only when somebody says so."""
    if paying.still_to_pay(order) <= 0:
        return
    if order.holds_stock and order.hold_reason is None and order.open_shipment is None:
        order.hold(HoldReason.PAYMENT, "")
        order.authorise_by = None
        order.mark_edited(None)
        told = audit.changes_of(order) | {"reason": [None, NOT_HELD]}
        audit.record("order.held", order, by=SYSTEM, diff=told)
    tell_desk(payment, order, LAPSED.format(money(payment.authorised, payment.currency)))


def _move_order(payment: Payment, order: Order, *, is_new: bool, at: datetime) -> None:
    """It goes on when it is covered; what nobody wants any more is let go, and somebody hears of it."""
    paying.go_on_if_covered(order, by=SYSTEM, at=at)
    was_asked = payment.void_asked_at
    fitting.fit(order, payments.payments_locked(order.id), at=at)
    amount = money(payment.authorised, payment.currency)
    if payment.authorised and is_new and order.status == OrderStatus.CANCELLED:
        note_for_desk(payment, order, TOO_LATE.format(amount))
    elif payment.void_asked_at and not was_asked and payment.authorised and is_new:
        note_for_desk(payment, order, NOT_NEEDED.format(amount))
