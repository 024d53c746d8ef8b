"""Invoices and credit notes as lists show them, the same for buyers and for the desk."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, union

from app.accounts.models import Customer
from app.accounts.queries.people import holds
from app.billing.aged import AGES
from app.billing.models import DocumentKind, Invoice, InvoiceBalance
from app.billing.queries.invoices import invoices_seen_by
from app.billing.words import InvoiceState
from app.core.access import Viewer
from app.core.database import db
from app.core.paging import COUNTED_EXACTLY, Page, Sort, page_of
from app.core.streaming import EveryRow

PAGE_SIZE = 25
MOST_CUSTOMERS = 1000
LONGEST_NUMBER = 18  # digits that PostgreSQL can compare with a number of an order

NEWEST_FIRST = Sort(Invoice.issued_on, Invoice.id, descending=True)
DUE_FIRST = Sort(InvoiceBalance.due_on, InvoiceBalance.invoice_id)
_note = Invoice.__table__.alias("note")
credited = (
    select(func.coalesce(func.sum(_note.c.total), 0))
    .where(_note.c.credits_id == Invoice.id)
    .scalar_subquery()
    .label("credited")
)
COLUMNS = (
    *(Invoice.id, Invoice.number, Invoice.kind, Invoice.issued_on, InvoiceBalance.due_on),
    *(Invoice.order_number, Invoice.po_number, Invoice.shipment_number, Invoice.currency),
    *(InvoiceBalance.total, InvoiceBalance.open, credited),
    *(Customer.code.label("customer_code"), Customer.name.label("customer")),
)
IN_A_FILE = (*COLUMNS, Invoice.net, Invoice.tax, Invoice.rounding)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What a list is narrowed to: `on` is the day on which something is overdue, `customer` a code."""

    on: date
    q: str = ""
    state: str = ""
    kind: str = ""
    customer: str = ""
    age: str = ""

    @property
    def order(self) -> Sort:
        """Of what is to be paid, what is due first; of all there are, the newest."""
        is_to_pay = self.age or self.state in (InvoiceState.OPEN, InvoiceState.OVERDUE)
        return DUE_FIRST if is_to_pay else NEWEST_FIRST


def invoices_listed(viewer: Viewer, sought: Sought, *, after: str | None, before: str | None) -> Page[Any]:
    rows = _narrowed(viewer, sought)
    if sought.q:
        rows = _meant_by(rows, viewer, sought, at_most=COUNTED_EXACTLY + 1)
    return page_of(rows.with_only_columns(*COLUMNS), sought.order, after=after, before=before, size=PAGE_SIZE)


def every_invoice(viewer: Viewer, sought: Sought) -> EveryRow:
    rows = _narrowed(viewer, sought)
    if sought.q:
        rows = _meant_by(rows, viewer, sought, at_most=None)
    return EveryRow(rows.with_only_columns(*IN_A_FILE), sought.order)


def _narrowed(viewer: Viewer, sought: Sought) -> Select[Any]:
    rows = (
        invoices_seen_by(viewer)
        .join(
            InvoiceBalance,
            (InvoiceBalance.invoice_id == Invoice.id) & (InvoiceBalance.customer_id == Invoice.customer_id),
        )
        .join(Customer, Customer.id == Invoice.customer_id)
        .where(*stands(sought.state, sought.on), *_aged(sought.age, sought.on))
    )
    if sought.kind in set(DocumentKind):
        rows = rows.where(is_of(DocumentKind(sought.kind)))
    if sought.customer:
        called = select(Customer.id).where(Customer.code == sought.customer.upper())
        rows = rows.where(Invoice.customer_id == called.scalar_subquery())
    return rows


def is_of(kind: DocumentKind) -> ColumnElement[bool]:
    """Credit notes are few, and have an index of their own."""
    is_credit_note = kind is DocumentKind.CREDIT_NOTE
    return Invoice.credits_id.is_not(None) if is_credit_note else Invoice.credits_id.is_(None)


def stands(state: str, on: date) -> list[ColumnElement[bool]]:
    balance = InvoiceBalance
    conditions = {
        InvoiceState.OPEN: [balance.open > 0],
        InvoiceState.OVERDUE: [balance.open > 0, balance.due_on < on],
        InvoiceState.PAID: [balance.open == 0],
        InvoiceState.CREDIT: [balance.open < 0],
    }
    return conditions[InvoiceState(state)] if state in set(InvoiceState) else []


def _aged(age: str, on: date) -> Iterator[ColumnElement[bool]]:
    if age not in AGES:
        return
    yield InvoiceBalance.open > 0
    first, last = AGES[age].due_from(on), AGES[age].due_to(on)
    if first:
        yield InvoiceBalance.due_on >= first
    if last:
        yield InvoiceBalance.due_on <= last


def _meant_by(rows: Select[Any], viewer: Viewer, sought: Sought, *, at_most: int | None) -> Select[Any]:
    """Each way to read what was typed has an index of its own; a list counts no further than `at_most` of each."""
    ids = rows.with_only_columns(Invoice.id).order_by(*sought.order.order(backwards=False)).limit(at_most)
    found = union(*(select(ids.where(way).subquery()) for way in _ways(sought.q, viewer))).subquery()
    return rows.where(Invoice.id.in_(select(found.c[0])))


def _ways(q: str, viewer: Viewer) -> Iterator[ColumnElement[bool]]:
    """Its number, also without the letters in front; the order's; a reference; to us, also a customer."""
    letters = q.replace("\0", "")
    numbers = [letters.upper(), *(f"{kind.series}-{letters}" for kind in DocumentKind)]
    yield Invoice.number.in_(numbers)
    begins = func.lower(Invoice.po_number).startswith(letters.lower(), autoescape=True)
    yield begins & (Invoice.po_number != "")
    if letters.isascii() and letters.isdigit() and len(letters) <= LONGEST_NUMBER:
        yield Invoice.order_number == int(letters)
    if viewer.is_staff:
        called = select(Customer.id).where(holds(Customer.name, letters) | holds(Customer.code, letters))
        yield Invoice.customer_id.in_(db.session.scalars(called.limit(MOST_CUSTOMERS)).all())
