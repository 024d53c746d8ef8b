"""What was asked of the gateway, and what has to be asked again."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from sqlalchemy import func, select

from app.billing.models import Payment
from app.core.database import db
from app.payments.models import OperationKind, OperationStatus, PaymentOperation
from app.payments.queries.payments import FOLLOWED_FOR, MOST_AT_ONCE, PAUSE

UNSETTLED = (OperationStatus.NEW, OperationStatus.SENT, OperationStatus.UNKNOWN)


def operation_locked(operation_id: int) -> PaymentOperation:
    question = select(PaymentOperation).where(PaymentOperation.id == operation_id).with_for_update()
    return db.session.scalars(question.execution_options(populate_existing=True)).one()


def payment_of(operation_id: int) -> int:
    """A payment is locked before what was asked about it."""
    question = select(PaymentOperation.payment_id).where(PaymentOperation.id == operation_id)
    return db.session.execute(question).scalar_one()


class Asked(NamedTuple):
    """A payment, and what was asked of the gateway for it."""

    payment: Payment
    operations: Sequence[PaymentOperation]


def payments_asked(order_id: int) -> list[Asked]:
    """The newest of both first."""
    rows = db.session.execute(
        select(Payment, PaymentOperation)
        .outerjoin(PaymentOperation, PaymentOperation.payment_id == Payment.id)
        .where(Payment.order_id == order_id)
        .order_by(Payment.id.desc(), PaymentOperation.id.desc())
    )
    grouped = groupby(rows, key=lambda row: row[0])
    return [Asked(payment, [row[1] for row in parts if row[1]]) for payment, parts in grouped]


def operation_under(payment_id: int, kind: OperationKind) -> PaymentOperation | None:
    """The one that was not declined: there is never a second, but for refunds."""
    return db.session.scalars(
        select(PaymentOperation).where(
            PaymentOperation.payment_id == payment_id,
            PaymentOperation.kind == kind,
            PaymentOperation.status != OperationStatus.DECLINED,
        )
    ).one_or_none()


def operation_for_refund(refund_id: int) -> PaymentOperation | None:
    return db.session.scalars(
        select(PaymentOperation).where(
            PaymentOperation.refund_id == refund_id, PaymentOperation.status != OperationStatus.DECLINED
        )
    ).one_or_none()


def to_try_again(at: datetime) -> Sequence[tuple[int, int]]:
    """Numbers and tries of those of which nobody knows yet what came of them."""
    since = func.coalesce(PaymentOperation.sent_at, PaymentOperation.created_at)
    rows = db.session.execute(
        select(PaymentOperation.id, PaymentOperation.attempts)
        .join(Payment, Payment.id == PaymentOperation.payment_id)
        .where(
            PaymentOperation.status.in_(UNSETTLED),
            since < at - PAUSE,
            PaymentOperation.created_at > at - FOLLOWED_FOR,
        )
        .order_by(since)
        .limit(MOST_AT_ONCE)
    )
    return [(row.id, row.attempts) for row in rows]
