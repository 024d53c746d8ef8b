"""Orders that nobody paid in time: their stock goes back on sale."""

from datetime import datetime

from app.billing.models import Payment, PaymentStatus
from app.core.access import SYSTEM
from app.core.transaction import use_case
from app.orders.queries.orders import order_locked
from app.orders.service import moving
from app.orders.states import HoldReason, OrderStatus
from app.payments.gateway import CardGateway, GatewayAway, Unknown
from app.payments.queries import payments
from app.payments.service.starting import close_page


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
        return payment.session_ref is None
    try:
        close_page(payment, cards=cards, at=at)
    except (GatewayAway, Unknown):
        return False  # the next time
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
