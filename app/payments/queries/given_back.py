"""Money on its way back to a card, and what a payment still pays."""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import func, literal, or_, select

from app.billing.models import Allocation, DocumentKind, Invoice, InvoiceBalance, Refund
from app.billing.queries.money import Use, UseKind
from app.billing.queries.order_money import put_aside
from app.core.database import db
from app.payments.gateway import CardRefund


def refund_meant(payment_id: int, told: CardRefund) -> Refund | None:
    """Locked. One that somebody made at the gateway itself is known by its reference alone."""
    by_number = Refund.id == told.our_refund_id if told.our_refund_id else Refund.gateway_ref == told.ref
    question = select(Refund).where(
        Refund.payment_id == payment_id, or_(by_number, Refund.gateway_ref == told.ref)
    )
    locked = question.with_for_update(key_share=True).execution_options(populate_existing=True)
    return db.session.scalars(locked).one_or_none()


def refund_locked(refund_id: int) -> Refund:
    question = select(Refund).where(Refund.id == refund_id).with_for_update(key_share=True)
    return db.session.scalars(question.execution_options(populate_existing=True)).one()


def used_by(payment_id: int) -> Sequence[tuple[Use, Decimal]]:
    """What it pays, what is paid in advance first, then the newest: in this order it is taken back."""
    amount, newest = func.sum(Allocation.amount), func.max(Allocation.id)
    rows = db.session.execute(
        select(Allocation.order_id, Allocation.invoice_id, amount)
        .where(Allocation.payment_id == payment_id, Allocation.refund_id.is_(None))
        .group_by(Allocation.order_id, Allocation.invoice_id)
        .having(amount > 0)
        .order_by(Allocation.order_id.is_(None), newest.desc())
    )
    return [(_use(order_id, invoice_id), paid) for order_id, invoice_id, paid in rows]


def _use(order_id: int | None, invoice_id: int | None) -> Use:
    return Use(UseKind.ORDER, order_id) if order_id else Use(UseKind.INVOICE, invoice_id or 0)


def open_invoices_locked(customer_id: int, *, order_id: int | None = None) -> Sequence[tuple[int, Decimal]]:
    """What is open of each, oldest due first; nobody else pays them before we commit."""
    question = (
        select(InvoiceBalance.invoice_id, InvoiceBalance.open, InvoiceBalance.due_on)
        .join(Invoice, Invoice.id == InvoiceBalance.invoice_id)
        .where(
            InvoiceBalance.customer_id == customer_id,
            InvoiceBalance.open > 0,
            Invoice.kind == DocumentKind.INVOICE,
        )
    )
    if order_id is not None:
        question = question.where(Invoice.order_id == order_id)
    locked = question.order_by(InvoiceBalance.invoice_id).with_for_update(key_share=True, of=InvoiceBalance)
    oldest_first = sorted(db.session.execute(locked), key=lambda row: (row.due_on, row.invoice_id))
    return [(row.invoice_id, row.open) for row in oldest_first]


def put_aside_for(order_id: int) -> Decimal:
    """What came in for an order, and no invoice has taken yet."""
    return Decimal(db.session.execute(select(put_aside(literal(order_id)))).scalar_one())


def put_to(order_id: int) -> Decimal:
    """What was put to an order, and no invoice has taken yet."""
    put = select(func.coalesce(func.sum(Allocation.amount), 0)).where(Allocation.order_id == order_id)
    return Decimal(db.session.execute(put).scalar_one())
