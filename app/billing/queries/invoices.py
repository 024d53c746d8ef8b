"""Invoices and credit notes, reached through whoever asks."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Row, Select, bindparam, select
from sqlalchemy.orm import selectinload

from app.accounts.models import Customer
from app.billing.models import Invoice
from app.core.access import Viewer
from app.core.database import db
from app.core.errors import NotFound
from app.core.questions import Question

UNKNOWN = "We cannot find that invoice."
_invoice = Invoice.__table__.c
ISSUED = Question(
    select(_invoice.number, _invoice.kind, _invoice.total, _invoice.created_at)
    .where(_invoice.order_id == bindparam("order_id", type_=BigInteger))
    .order_by(_invoice.id)
)


def invoices_seen_by(viewer: Viewer) -> Select[Invoice]:
    """The papers this person may know about: every other query starts here."""
    found = select(Invoice)
    return found if viewer.is_staff else found.where(Invoice.customer_id == viewer.customer_id)


def invoice_seen_by(viewer: Viewer, number: str) -> Invoice:
    """With its lines and its balance."""
    return _the_one(invoices_seen_by(viewer).where(Invoice.number == number))


def invoice_with_id(viewer: Viewer, invoice_id: int) -> Invoice:
    """The same, by the number of its row."""
    return _the_one(invoices_seen_by(viewer).where(Invoice.id == invoice_id))


def _the_one(question: Select[Invoice]) -> Invoice:
    whole = question.options(selectinload(Invoice.lines), selectinload(Invoice.balance))
    found = db.session.scalars(whole.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotFound(UNKNOWN)
    return found


def issued_for(order_id: int) -> Sequence[Any]:
    """In short, the first one first: whoever asks has reached the order already."""
    rows: Sequence[Any] = ISSUED.ask(order_id=order_id)
    return rows


def invoice_of_shipment(shipment_id: int) -> Row[str, Decimal] | None:
    """Its number and total. What left before there were invoices may have none yet."""
    question = select(Invoice.number, Invoice.total).where(Invoice.shipment_id == shipment_id)
    return db.session.execute(question).one_or_none()


def invoice_email_of(invoice_id: int) -> str:
    """Where the customer wants its invoices to go; empty where nobody should be sent any."""
    question = select(Customer.invoice_email).join(Invoice, Invoice.customer_id == Customer.id)
    return db.session.execute(question.where(Invoice.id == invoice_id)).scalar_one()
