"""What the gateway knows of money on its way back to a card."""

from collections.abc import Sequence
from datetime import date, datetime

from app.billing.models import Payment, Refund, RefundStatus
from app.core import audit
from app.core.access import SYSTEM
from app.core.database import db
from app.core.money import money
from app.orders.models import Order
from app.payments.gateway import CardRefund
from app.payments.queries import given_back
from app.payments.queries import operations as asked_before
from app.payments.service import operations, using
from app.payments.service.telling import note_for_desk, tell_desk

AT_THE_GATEWAY = "Given back in the gateway's own pages"
FAILED = "The refund of {} did not go through: {} The money is the customer's again; pay it back another way."
CAME_BACK = (
    "The refund of {} ({}) failed after it was done: the money came back to us, but the statement says it went back. "
    "Pay it another way."
)
NO_REASON = "the bank of the card said no."


def note(
    payment: Payment, order: Order | None, told: Sequence[CardRefund], *, at: datetime, on: date
) -> None:
    """The payment is locked."""
    for one in told:
        refund = given_back.refund_meant(payment.id, one)
        if refund is None and one.status == "done":
            _made_elsewhere(payment, order, one, on=on)
        elif refund is not None:
            _follow(refund, payment, order, one, at=at, on=on)


def _follow(
    refund: Refund, payment: Payment, order: Order | None, told: CardRefund, *, at: datetime, on: date
) -> None:
    refund.gateway_ref = refund.gateway_ref or told.ref
    if refund.status == RefundStatus.DONE and told.status == "failed":
        _came_back(refund, payment, order, told)
    if refund.status != RefundStatus.PENDING:
        return
    if told.status == "done":
        refund.status, refund.refunded_on = RefundStatus.DONE, on
        operations.succeeded(asked_before.operation_for_refund(refund.id), at=at)
        _tell_history(refund, order)
    elif told.status == "failed":
        fail(refund, payment, order, NO_REASON, at=at, on=on)


def fail(
    refund: Refund, payment: Payment, order: Order | None, reason: str, *, at: datetime, on: date
) -> None:
    """It will never go through: whatever was to pay it is there again, and one of us decides."""
    refund.status, refund.problem = RefundStatus.FAILED, reason[: operations.LONGEST_PROBLEM]
    operations.declined(asked_before.operation_for_refund(refund.id), reason, at=at)
    using.take_refund_back(refund, on=on)
    tell_desk(payment, order, FAILED.format(money(refund.amount, payment.currency), reason))


def _came_back(refund: Refund, payment: Payment, order: Order | None, told: CardRefund) -> None:
    """What the book says stays so until one of us decides. They are told once, even when they look again."""
    if not refund.problem:
        words = CAME_BACK.format(money(refund.amount, payment.currency), told.ref)
        refund.problem = words[: operations.LONGEST_PROBLEM]
        tell_desk(payment, order, words)


def _made_elsewhere(payment: Payment, order: Order | None, told: CardRefund, *, on: date) -> None:
    refund = Refund(
        customer_id=payment.customer_id,
        order_id=payment.order_id,
        payment_id=payment.id,
        amount=told.amount,
        status=RefundStatus.DONE,
        reason=AT_THE_GATEWAY,
        gateway_ref=told.ref,
        refunded_on=on,
    )
    db.session.add(refund)
    db.session.flush()
    using.pay_refund(payment, refund, on=on)
    note_for_desk(payment, order, f"{money(told.amount, payment.currency)}: {AT_THE_GATEWAY.lower()}.")
    _tell_history(refund, order)


def _tell_history(refund: Refund, order: Order | None) -> None:
    if order is not None:
        audit.record("order.card_refunded", order, by=SYSTEM, diff={"amount": [None, str(refund.amount)]})
