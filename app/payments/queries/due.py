"""What a customer still has to pay of invoices."""

from datetime import date
from decimal import Decimal

from sqlalchemy import func, select

from app.billing.models import InvoiceBalance
from app.core.database import db


def open_of(invoice_id: int) -> Decimal:
    question = select(InvoiceBalance.open).where(InvoiceBalance.invoice_id == invoice_id)
    return db.session.execute(question).scalar_one()


def due_of_customer(customer_id: int, *, on: date) -> Decimal:
    """All that is open and due by then."""
    question = select(func.coalesce(func.sum(InvoiceBalance.open), 0)).where(
        InvoiceBalance.customer_id == customer_id, InvoiceBalance.open > 0, InvoiceBalance.due_on <= on
    )
    return Decimal(db.session.execute(question).scalar_one())
