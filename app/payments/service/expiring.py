"""Orders that nobody paid in time: their stock goes back on sale."""

from datetime import datetime

from app.billing.models import Payment, PaymentStatus
from app.core.access import SYSTEM
from app.core.errors import Busy
from app.core.transaction import use_case
from app.orders.queries.orders import order_locked
from app.orders.service import moving
from app.orders.states import HoldReason, OrderStatus
from app.payments.gateway import CardGateway, Declined, Unknown
from app.payments.queries import payments
from app.payments.service import fitting
from app.payments.service.applying import locked
from app.payments.service.starting import close_page
from app.payments.service.telling import note_for_desk

NOT_CLOSED = (
    "Nobody paid in time, and its page could not be closed: {} It is cancelled once the page is over."
)


def expire_all(*, cards: CardGateway | None, at: datetime) -> None:
    for order_id, number in payments.orders_to_expire(at):
        if _is_closed(order_id, cards, at):
            expire(number, at=at)


def _is_closed(order_id: int, cards: CardGateway | None, at: datetime) -> bool:
    """First its page closes, so that nobody pays for what is sold to somebody else. Who paid first keeps it."""
    payment = payments.open_payment_of(order_id)
    if payment is None:
        return True
    if cards is None:
        return _is_over(payment, at)
    try:
        close_page(payment, cards=cards, at=at)
    except Declined as no:
        return _is_over(payment, at, why_not=no.reason)
    except (Unknown, Busy):
        return False  # the next time
    return True


@use_case
def _is_over(found: Payment, at: datetime, *, why_not: str = "") -> bool:
    """Whether nobody can pay on it any more, though the gateway does not say so."""
    payment, order = locked(payments.whose_payment(found.id))
    page = payments.page_of(payment.id)
    if payment.session_ref and (page is None or page.page_until is None or page.page_until > at):
        if why_not:
            note_for_desk(payment, order, NOT_CLOSED.format(why_not))
        return False
    if payment.status in payments.OPEN:
        fitting.give_up(payment, at=at)
    return True


@use_case
def expire(number: int, *, at: datetime) -> bool:
    """Whether it was: what was paid, or may have been, stays."""
    order = order_locked(SYSTEM, number)
    is_due = order.authorise_by is not None and order.authorise_by < at
    is_waiting = order.status == OrderStatus.PENDING and order.hold_reason == HoldReason.PAYMENT
    held = payments.payments_locked(order.id)
    if not (is_due and is_waiting) or any(_may_be_paid(one) for one in held):
        return False
    moving.expire(order, at=at)
    return True


def _may_be_paid(payment: Payment) -> bool:
    is_held = payment.status == PaymentStatus.AUTHORISED and payment.void_asked_at is None
    return is_held or payment.status in payments.OPEN
