"""What customers owe."""

from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, func, literal, select
from sqlalchemy.orm import InstrumentedAttribute

from app.billing.models import InvoiceBalance, Payment, Receipt
from app.core.database import db


def owed(customer_id: SQLColumnExpression[int]) -> ColumnElement[Decimal]:
    """Open invoices without what we owe them back: money and credit that have paid nothing yet."""
    return (
        _sum(InvoiceBalance.open, InvoiceBalance.customer_id == customer_id, InvoiceBalance.open != 0)
        - _sum(Receipt.unused, Receipt.customer_id == customer_id, Receipt.unused > 0)
        - _sum(Payment.unused, Payment.customer_id == customer_id, Payment.unused > 0)
    )


def unused_money(customer_id: int) -> Decimal:
    """What came in from them, or was credited, and has paid nothing yet."""
    whose = literal(customer_id)
    is_open = _sum(InvoiceBalance.open, InvoiceBalance.customer_id == whose, InvoiceBalance.open > 0)
    return Decimal(db.session.execute(select(is_open - owed(whose))).scalar_one())


def overdue(customer_id: SQLColumnExpression[int], today: ColumnElement[date]) -> ColumnElement[Decimal]:
    is_late = (InvoiceBalance.open > 0) & (InvoiceBalance.due_on < today)
    return _sum(InvoiceBalance.open, InvoiceBalance.customer_id == customer_id, is_late)


def _sum(column: InstrumentedAttribute[Decimal], *where: ColumnElement[bool]) -> ColumnElement[Decimal]:
    total: Select[Decimal] = select(func.coalesce(func.sum(column), 0)).where(*where)
    return total.scalar_subquery()
