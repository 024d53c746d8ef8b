"""Shipments that left before invoices were kept here."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import Row, func, select
from sqlalchemy.orm import selectinload

from app.billing.models import Allocation, Invoice, InvoiceBalance
from app.core.audit import AuditEvent
from app.core.database import db
from app.fulfilment.models import Shipment
from app.fulfilment.queries.broken import SENT
from app.orders.models import Order

LOCK = 7_302  # the kind of advisory lock: one process catches up at a time
CAUGHT_UP = "order.invoiced"  # as the audit log calls what a run has issued
AS_THEY_LEFT = (Shipment.shipped_at, Shipment.id)
_left = select(Shipment).where(Shipment.status.in_(SENT)).order_by(*AS_THEY_LEFT)
_never_invoiced = _left.outerjoin(Invoice, Invoice.shipment_id == Shipment.id).where(Invoice.id.is_(None))


def alone() -> None:
    """Until the commit."""
    db.session.execute(select(func.pg_advisory_xact_lock(LOCK, 0)))


def never_invoiced() -> Sequence[Row[int, int]]:
    """Each with the number of its order, in the order they left."""
    question = _never_invoiced.join(Order, Order.id == Shipment.order_id)
    return db.session.execute(question.with_only_columns(Shipment.id, Order.number)).all()


def still_to_invoice(shipment_ids: Collection[int]) -> Sequence[Shipment]:
    """Of these, as they stand now that their orders are ours."""
    question = _never_invoiced.where(Shipment.id.in_(shipment_ids)).options(selectinload(Shipment.items))
    return db.session.scalars(question, execution_options={"populate_existing": True}).all()


def left_of(order_ids: Collection[int]) -> Sequence[Shipment]:
    """All that left of these orders, in the order it left."""
    question = _left.where(Shipment.order_id.in_(order_ids)).options(selectinload(Shipment.items))
    return db.session.scalars(question).all()


def caught_up_unpaid(before: date) -> Sequence[Invoice]:
    """Issued by an earlier run for what left before that day; nothing was paid of them since."""
    by_a_run = select(AuditEvent.diff["invoice"][1].astext).where(AuditEvent.action == CAUGHT_UP)
    question = (
        select(Invoice)
        .join(InvoiceBalance, InvoiceBalance.invoice_id == Invoice.id)
        .outerjoin(Allocation, Allocation.invoice_id == Invoice.id)
        .where(InvoiceBalance.open > 0, Allocation.id.is_(None))
        .where(Invoice.supplied_on < before, Invoice.number.in_(by_a_run))
        .order_by(Invoice.id)
    )
    return db.session.scalars(question).all()
