"""Money that went back for an order, and the cards that more of it can go back to."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, func, or_, select

from app.billing.models import Invoice, Payment, Refund, RefundStatus
from app.core.database import db


class Card(NamedTuple):
    """A card payment, and how much of it can still go back."""

    payment: Payment
    left: Decimal


def cards_of(order_id: int, *, locked: bool = False) -> list[Card]:
    """Paid for this order or for an invoice of it, the oldest first; what is on its way back has left already."""
    paid = select(Payment).where(_is_for(order_id), Payment.captured > 0).order_by(Payment.id)
    if locked:
        paid = paid.with_for_update().execution_options(populate_existing=True)
    payments = db.session.scalars(paid).all()
    under_way = _under_way([payment.id for payment in payments])
    cards = [Card(one, one.captured - one.refunded - under_way.get(one.id, Decimal(0))) for one in payments]
    return [card for card in cards if card.left > 0]


def _is_for(order_id: int) -> ColumnElement[bool]:
    invoices = select(Invoice.id).where(Invoice.order_id == order_id)
    return or_(Payment.order_id == order_id, Payment.invoice_id.in_(invoices))


def _under_way(payment_ids: Sequence[int]) -> dict[int | None, Decimal]:
    amounts = (
        select(Refund.payment_id, func.sum(Refund.amount))
        .where(Refund.payment_id.in_(payment_ids), Refund.status == RefundStatus.PENDING)
        .group_by(Refund.payment_id)
    )
    return dict(db.session.execute(amounts).all())


def refunds_of(order_id: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """What went back for it and where to, the first one first."""
    rows = (
        select(Refund, Payment.card, Invoice.number.label("credit_note"))
        .outerjoin(Payment, Payment.id == Refund.payment_id)
        .outerjoin(Invoice, Invoice.id == Refund.credit_id)
        .where(Refund.order_id == order_id)
    )
    return db.session.execute(rows.order_by(Refund.id)).all()
