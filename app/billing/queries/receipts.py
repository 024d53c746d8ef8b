"""Bank receipts: the list, one of them, and what it paid."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, or_, select

from app.accounts.models import Customer
from app.accounts.queries.people import holds
from app.billing.models import Receipt
from app.core.amounts import amount_of
from app.core.audit import AuditEvent
from app.core.database import db
from app.core.errors import NotFound, Refused
from app.core.paging import NumberedPage, Page, Sort, numbered_page, page_of
from app.core.streaming import EveryRow

UNKNOWN = "We cannot find that receipt."
UNUSED = "unused"
MOST_CUSTOMERS = 1000
NEWEST_FIRST = Sort(Receipt.received_on, Receipt.id, descending=True)
_listed = select(
    *Receipt.__table__.columns, Customer.code.label("customer"), Customer.name.label("company")
).join(Customer, Customer.id == Receipt.customer_id)


def receipt_locked(receipt_id: int) -> Receipt:
    """As it is, and nobody else uses anything of it before we commit."""
    question = select(Receipt).where(Receipt.id == receipt_id).with_for_update(key_share=True)
    found = db.session.scalars(question.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotFound(UNKNOWN)
    return found


def receipt_shown(receipt_id: int) -> Row[*tuple[Any, ...]]:
    """With the code and the name of its customer."""
    found = db.session.execute(_listed.where(Receipt.id == receipt_id)).one_or_none()
    if found is None:
        raise NotFound(UNKNOWN)
    return found


def receipts_listed(*, after: str | None = None, before: str | None = None, **sought: str) -> Page[Any]:
    return page_of(_sought(**sought), NEWEST_FIRST, after=after, before=before)


def every_receipt(**sought: str) -> EveryRow:
    """The same list, whole."""
    return EveryRow(_sought(**sought), NEWEST_FIRST)


def receipts_paged(*, customer: str, is_unused: bool, page: int, page_size: int) -> NumberedPage[Any]:
    """The same, for programs."""
    rows = _sought(q="", customer=customer, state=UNUSED if is_unused else "")
    return numbered_page(rows, NEWEST_FIRST, page=page, page_size=page_size)


def last_events_of(receipt_id: int, *, limit: int = 10) -> Sequence[AuditEvent]:
    """What happened to it, the latest first."""
    its_own = (AuditEvent.entity == Receipt.__tablename__) & (AuditEvent.entity_id == receipt_id)
    return db.session.scalars(
        select(AuditEvent).where(its_own).order_by(AuditEvent.id.desc()).limit(limit)
    ).all()


def _sought(*, q: str, customer: str, state: str) -> Select[*tuple[Any, ...]]:
    rows = _listed
    if state == UNUSED:
        rows = rows.where(Receipt.unused > 0)
    if customer:
        rows = rows.where(Customer.code == customer, Customer.deleted_at.is_(None))
    return rows.where(_found_by(q)) if q else rows


def _found_by(q: str) -> ColumnElement[bool]:
    """A part of the reference or of the customer's name, its code, or the amount to the penny.

    All are columns of the receipt itself: each has an index, and PostgreSQL puts what they find together.
    """
    called = select(Customer.id).where(or_(holds(Customer.name, q), Customer.code == q))
    theirs = db.session.scalars(called.limit(MOST_CUSTOMERS)).all()
    ways = [Receipt.reference.icontains(q, autoescape=True), Receipt.customer_id.in_(theirs)]
    with suppress(Refused):
        ways.append(Receipt.amount == amount_of(q))
    return or_(*ways)
