"""Who is written to about their account: some at a time, by the numbers of their rows."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, any_, bindparam, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import BigInteger

from app.accounts.models import Customer
from app.billing.models import Allocation, Invoice, InvoiceBalance, Payment, Receipt, Refund
from app.billing.periods import Period
from app.core.database import db
from app.core.outbox import OutboxMessage
from app.core.questions import Question

AT_A_TIME = 500
REMINDER = "billing.mail_reminder"

_customer = Customer.__table__.c
_can_be_written_to = (_customer.invoice_email != "") & _customer.deleted_at.is_(None)
_is_open = InvoiceBalance.open > 0


def about(customer_id: int) -> str:
    """What a letter is kept under."""
    return f"customer:{customer_id}"


def customer_written_to(customer_id: int) -> Customer | None:
    """None where there is nowhere to write to any more."""
    return db.session.scalars(
        select(Customer).where(Customer.id == customer_id, _can_be_written_to)
    ).one_or_none()


def some_to_remind(due_days: Collection[date], *, after: int) -> Sequence[int]:
    """An open invoice of theirs was due on one of these days."""
    is_due = InvoiceBalance.due_on == any_(literal(list(due_days), ARRAY(Date)))
    reached = select(InvoiceBalance.customer_id).where(_is_open, is_due)
    return _some(_customer.id.in_(reached), after=after)


def some_with_an_account(period: Period, *, after: int) -> Sequence[int]:
    """Something moved in the period, or something stands open."""
    moved = [
        _of(column, column.between(period.starts, period.ends))
        for column in (
            *(Invoice.issued_on, Receipt.received_on, Receipt.reversed_on),
            *(Payment.captured_on, Refund.refunded_on),
        )
    ]
    stands = [
        _of(InvoiceBalance.open, InvoiceBalance.open != 0),
        _of(Receipt.unused, Receipt.unused > 0),
        _of(Payment.unused, Payment.unused > 0),
        _of(Allocation.order_id, Allocation.order_id.is_not(None)),
    ]
    return _some(or_(*moved, *stands), after=after)


def _of(column: Any, *where: ColumnElement[bool]) -> ColumnElement[bool]:
    model = column.class_
    return select(literal(1)).where(model.customer_id == _customer.id, *where).exists()


def _some(condition: ColumnElement[bool], *, after: int) -> Sequence[int]:
    found: Select[int] = (
        select(_customer.id)
        .where(_can_be_written_to, _customer.id > after, condition)
        .order_by(_customer.id)
        .limit(AT_A_TIME)
    )
    return db.session.scalars(found).all()


_late = bindparam("today", type_=Date) - InvoiceBalance.due_on
OVERDUE = Question(
    select(
        *(Invoice.number, Invoice.order_number, Invoice.po_number, InvoiceBalance.due_on),
        InvoiceBalance.open,
        _late.label("days_late"),
    )
    .join(InvoiceBalance, InvoiceBalance.invoice_id == Invoice.id)
    .where(InvoiceBalance.customer_id == bindparam("customer_id", type_=BigInteger), _is_open, _late > 0)
    .order_by(InvoiceBalance.due_on, Invoice.id)
)


def overdue_invoices(customer_id: int, *, today: date) -> list[Any]:
    """The oldest first."""
    return OVERDUE.ask(customer_id=customer_id, today=today)


def last_reminders(customer_ids: Collection[int]) -> dict[int, datetime]:
    """When each was last reminded; whoever never was is left out."""
    names = {about(customer_id): customer_id for customer_id in customer_ids}
    rows = db.session.execute(
        select(OutboxMessage.about, func.max(OutboxMessage.done_at))
        .where(OutboxMessage.about.in_(names), OutboxMessage.topic == REMINDER)
        .where(OutboxMessage.sent.is_not(None), OutboxMessage.done_at.is_not(None))
        .group_by(OutboxMessage.about)
    )
    return {names[name]: at for name, at in rows if name and at}
