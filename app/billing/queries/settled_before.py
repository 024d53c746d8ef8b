"""What is open of invoices of a time before they were kept here, and the receipt that settles them."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, select

from app.billing.models import InvoiceBalance, Receipt
from app.core.database import db


def open_of(invoice_ids: Collection[int]) -> Sequence[Row[*tuple[Any, ...]]]:
    """What was paid in advance of some of them is not open."""
    question = select(InvoiceBalance.customer_id, InvoiceBalance.invoice_id, InvoiceBalance.open)
    return db.session.execute(
        question.where(InvoiceBalance.invoice_id.in_(invoice_ids), InvoiceBalance.open > 0).order_by(
            InvoiceBalance.invoice_id
        )
    ).all()


def receipt_locked_of(customer_id: int, reference: str, received_on: date) -> Receipt | None:
    """The one of this reference and day."""
    question = (
        select(Receipt)
        .where(
            Receipt.customer_id == customer_id,
            Receipt.reference == reference,
            Receipt.received_on == received_on,
            Receipt.reversed_at.is_(None),
        )
        .order_by(Receipt.id)
        .limit(1)
        .with_for_update(key_share=True)
    )
    return db.session.scalars(question, execution_options={"populate_existing": True}).one_or_none()
