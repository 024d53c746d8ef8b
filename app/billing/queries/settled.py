"""What paid an invoice, what was credited of it, and what a credit note was used for."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import aliased

from app.billing.models import Allocation, Invoice, Payment, Receipt, Refund
from app.core.database import db

Rows = Sequence[Row[*tuple[Any, ...]]]

_amount = func.sum(Allocation.amount).label("amount")
_last = func.max(Allocation.made_on).label("made_on")
_note = aliased(Invoice, name="note")


def what_paid(invoice_id: int) -> Rows:
    """Each receipt, card payment and credit note with how much of it; what was taken back again is not there."""
    question = (
        select(
            Allocation.receipt_id,
            Receipt.reference,
            Allocation.payment_id,
            Payment.card,
            _note.number.label("credit_note"),
        )
        .outerjoin(Receipt, Receipt.id == Allocation.receipt_id)
        .outerjoin(Payment, Payment.id == Allocation.payment_id)
        .outerjoin(_note, _note.id == Allocation.credit_id)
        .where(Allocation.invoice_id == invoice_id)
    )
    return _summed(question)


def what_it_paid(credit_id: int) -> Rows:
    """The invoices and refunds that a credit note was used for."""
    question = (
        select(Invoice.number, Allocation.refund_id, Refund.status)
        .outerjoin(Invoice, Invoice.id == Allocation.invoice_id)
        .outerjoin(Refund, Refund.id == Allocation.refund_id)
        .select_from(Allocation)
        .where(Allocation.credit_id == credit_id)
    )
    return _summed(question)


def _summed(question: Select[*tuple[Any, ...]]) -> Rows:
    columns = list(question.selected_columns)
    rows = question.add_columns(_amount, _last).group_by(*columns).having(_amount != 0)
    return db.session.execute(rows.order_by(func.min(Allocation.id))).all()


def credit_notes_of(invoice_id: int) -> Rows:
    """The oldest first."""
    columns = Invoice.number, Invoice.issued_on, Invoice.total, Invoice.reason
    question = select(*columns).where(Invoice.credits_id == invoice_id)
    return db.session.execute(question.order_by(Invoice.id)).all()
