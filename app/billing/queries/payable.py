"""Invoices that money which came in may pay."""

from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, Select, or_, select

from app.billing.models import DocumentKind, Invoice, InvoiceBalance
from app.billing.suggestion import Named, Payable
from app.core.database import db

MOST = 100  # at once; what is named or fits to the penny is always among them


def open_invoices(customer_id: int, *, named: Named, amount: Decimal) -> list[Payable]:
    """What is named first, then what is open to the penny, then the oldest."""
    is_named = or_(Invoice.number.in_(named.invoices), Invoice.order_number.in_(named.orders))
    rows = db.session.execute(
        _invoices(customer_id)
        .where(InvoiceBalance.open > 0)
        .order_by(is_named.desc(), (InvoiceBalance.open == amount).desc(), InvoiceBalance.due_on, Invoice.id)
        .limit(MOST)
    )
    return [
        Payable(name=row.number, order_number=row.order_number, due_on=row.due_on, open=row.open)
        for row in rows
    ]


def invoices_locked(
    customer_id: int, numbers: Collection[str], *, credit_id: int | None = None
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Those of them that are invoices of this customer; nobody else pays or credits them before we commit.

    With the credit note that is to pay them, where there is one: its place in the order is that of its row.
    """
    wanted = (Invoice.kind == DocumentKind.INVOICE) & Invoice.number.in_(numbers)
    question = _papers(customer_id).where(or_(wanted, Invoice.id == credit_id)).order_by(Invoice.id)
    return db.session.execute(question.with_for_update(key_share=True, of=InvoiceBalance)).all()


def _invoices(customer_id: int) -> Select[*tuple[Any, ...]]:
    return _papers(customer_id).where(Invoice.kind == DocumentKind.INVOICE)


def _papers(customer_id: int) -> Select[*tuple[Any, ...]]:
    return (
        select(Invoice.id, Invoice.number, Invoice.order_number, InvoiceBalance.due_on, InvoiceBalance.open)
        .join(InvoiceBalance, InvoiceBalance.invoice_id == Invoice.id)
        .where(InvoiceBalance.customer_id == customer_id)
    )
