"""What was paid for orders before they are invoiced."""

from decimal import Decimal

from sqlalchemy import ColumnElement, SQLColumnExpression, case, func, literal, select

from app.billing.models import Allocation, Payment, PaymentStatus
from app.core.database import db


def in_advance(order_id: SQLColumnExpression[int]) -> ColumnElement[Decimal]:
    """Money that was put to the order, and what its card payments promise or have brought beside that.

    What an invoice has taken of it since is not in advance any more.
    """
    put = select(func.coalesce(func.sum(Allocation.amount), 0)).where(Allocation.order_id == order_id)
    is_promised = (Payment.status == PaymentStatus.AUTHORISED) & Payment.void_asked_at.is_(None)
    promised = case((is_promised, Payment.authorised - Payment.captured), else_=0)
    by_card = select(func.coalesce(func.sum(promised + Payment.unused), 0)).where(
        Payment.order_id == order_id
    )
    return put.scalar_subquery() + by_card.scalar_subquery()


def paid_in_advance(order_id: int) -> Decimal:
    return Decimal(db.session.execute(select(in_advance(literal(order_id)))).scalar_one())
