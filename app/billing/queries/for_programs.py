"""Invoices and credit notes as programs see them: their lines in one question for all of them."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from app.accounts.models import Customer
from app.billing.models import DocumentKind, Invoice, InvoiceBalance, InvoiceLine
from app.billing.queries.invoices import UNKNOWN, invoices_seen_by
from app.billing.queries.listed import credited, is_of, stands
from app.core.access import Viewer
from app.core.database import db
from app.core.errors import NotFound
from app.core.paging import NumberedPage, Sort, Sortable, numbered_page

SORTS: dict[str, Sortable] = {"issued_on": Invoice.issued_on, "due_on": InvoiceBalance.due_on}
_of = aliased(Invoice, name="of")
# Beside the row and not joined to it: whoever counts invoices need not look at customers and balances.
_customer = select(Customer.code).where(Customer.id == Invoice.customer_id).scalar_subquery()
_credits = select(_of.number).where(_of.id == Invoice.credits_id).scalar_subquery()
_balance = InvoiceBalance.__table__.alias("beside").c
_open = select(_balance.open).where(_balance.invoice_id == Invoice.id).scalar_subquery().label("open")
PLAIN = (
    *("id", "number", "kind", "customer_id", "order_number", "shipment_number", "po_number", "reason"),
    *("issued_on", "supplied_on", "due_on", "terms", "net", "tax", "rounding", "total", "currency"),
)
COLUMNS = (
    *(getattr(Invoice, name) for name in PLAIN),
    *(_open, credited, _customer.label("customer"), _credits.label("credits")),
)


def _told(viewer: Viewer) -> Select[*tuple[Any, ...]]:
    return invoices_seen_by(viewer).with_only_columns(*COLUMNS)


def invoice_told_to(viewer: Viewer, number: str) -> dict[str, Any]:
    found = db.session.execute(_told(viewer).where(Invoice.number == number)).one_or_none()
    if found is None:
        raise NotFound(UNKNOWN)
    return _with_lines([found])[0]


def invoices_paged(
    viewer: Viewer, *, sort: str, page: int, page_size: int, **filters: Any
) -> NumberedPage[Any]:
    rows, order = _filtered(_told(viewer), **filters), Sort.asked(sort, SORTS, Invoice.id)
    if filters["status"] or order.by is InvoiceBalance.due_on:
        rows = rows.join(InvoiceBalance, InvoiceBalance.invoice_id == Invoice.id)
    found = numbered_page(rows, order, page=page, page_size=page_size)
    return NumberedPage(_with_lines(found.items), found.total, found.page, found.page_size)


def _filtered(
    rows: Select[*tuple[Any, ...]],
    *,
    on: date,
    status: str | None,
    kind: DocumentKind | None,
    customer: str | None,
    order: int | None,
    issued_from: date | None,
    issued_to: date | None,
) -> Select[*tuple[Any, ...]]:
    rows = rows.where(*stands(status or "", on))
    if kind:
        rows = rows.where(is_of(kind))
    if customer:
        called = select(Customer.id).where(Customer.code == customer.upper())
        rows = rows.where(Invoice.customer_id == called.scalar_subquery())
    if order:
        rows = rows.where(Invoice.order_number == order)
    if issued_from:
        rows = rows.where(Invoice.issued_on >= issued_from)
    if issued_to:
        rows = rows.where(Invoice.issued_on <= issued_to)
    return rows


def _with_lines(rows: Collection[Any]) -> list[dict[str, Any]]:
    question = select(InvoiceLine).where(InvoiceLine.invoice_id.in_([row.id for row in rows]))
    lines = defaultdict(list)
    for line in db.session.scalars(question.order_by(InvoiceLine.line)):
        lines[line.invoice_id].append(line)
    return [{**row._mapping, "lines": lines[row.id]} for row in rows]  # noqa: SLF001 - SQLAlchemy's documented name
