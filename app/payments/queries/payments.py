"""Card payments: whose they are, which of them the gateway has to be asked about, and what they still have to pay."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, any_, func, or_, select, update

from app.billing.models import Invoice, Payment, PaymentStatus, Refund, RefundStatus
from app.core.access import Viewer
from app.core.database import db
from app.core.errors import NotFound
from app.orders.models import Order
from app.payments.gateway import Snapshot
from app.payments.models import OperationKind, PaymentOperation

UNKNOWN = "We cannot find that payment."
OPEN = (PaymentStatus.PENDING, PaymentStatus.UNKNOWN)
UNDER_WAY = (*OPEN, PaymentStatus.AUTHORISED)
FOLLOWED_FOR = timedelta(hours=24)
PAUSE = timedelta(seconds=30)  # before the gateway is asked about the same again
MOST_AT_ONCE = 50


class Whose(NamedTuple):
    """What has to be locked before a payment is."""

    payment_id: int
    customer_id: int
    order_number: int | None


class Place(NamedTuple):
    """The page that a payment belongs to; neither, where it is for all that is due."""

    order_number: int | None
    invoice_number: str | None


def payments_seen_by(viewer: Viewer) -> Select[Payment]:
    """Staff see every payment, buyers those of their own company: every other question starts here."""
    found = select(Payment)
    return found if viewer.is_staff else found.where(Payment.customer_id == viewer.customer_id)


def payment_seen_by(viewer: Viewer, payment_id: int) -> Payment:
    found = db.session.scalars(payments_seen_by(viewer).where(Payment.id == payment_id)).one_or_none()
    if found is None:
        raise NotFound(UNKNOWN)
    return found


def payment(payment_id: int) -> Payment:
    return db.session.get_one(Payment, payment_id, populate_existing=True)


def ref_of(payment: Payment) -> str | None:
    """Its page until somebody has paid: a card that was declined has a reference too, and leaves the page open."""
    paid_as = payment.gateway_ref if payment.authorised else None
    return paid_as or payment.session_ref or payment.gateway_ref


def payment_locked(payment_id: int) -> Payment:
    """As it is, and nobody else changes it before we commit."""
    question = select(Payment).where(Payment.id == payment_id).with_for_update(key_share=True)
    return db.session.scalars(question.execution_options(populate_existing=True)).one()


def payments_locked(order_id: int) -> Sequence[Payment]:
    """All of an order, the oldest first."""
    question = select(Payment).where(Payment.order_id == order_id).order_by(Payment.id)
    locked = question.with_for_update(key_share=True).execution_options(populate_existing=True)
    return db.session.scalars(locked).all()


def payments_of(order_id: int) -> Sequence[Payment]:
    """The newest first."""
    question = select(Payment).where(Payment.order_id == order_id).order_by(Payment.id.desc())
    return db.session.scalars(question.execution_options(populate_existing=True)).all()


def open_payment_of(order_id: int) -> Payment | None:
    """The one on whose page somebody may still pay: there is never a second."""
    question = select(Payment).where(Payment.order_id == order_id, Payment.status.in_(OPEN))
    return db.session.scalars(question.execution_options(populate_existing=True)).one_or_none()


def open_payment_for(customer_id: int, invoice_id: int | None) -> Payment | None:
    """The same for an invoice, or for all that is due."""
    question = select(Payment).where(
        Payment.customer_id == customer_id,
        Payment.order_id.is_(None),
        Payment.invoice_id == invoice_id if invoice_id else Payment.invoice_id.is_(None),
        Payment.status.in_(OPEN),
    )
    return db.session.scalars(question.order_by(Payment.id.desc()).limit(1)).one_or_none()


def place_of(payment: Payment) -> Place:
    row = db.session.execute(
        select(Order.number, Invoice.number)
        .select_from(Payment)
        .outerjoin(Order, Order.id == Payment.order_id)
        .outerjoin(Invoice, Invoice.id == Payment.invoice_id)
        .where(Payment.id == payment.id)
    ).one()
    return Place(*row)


def whose(condition: ColumnElement[bool]) -> Whose | None:
    question = (
        select(Payment.id, Payment.customer_id, Order.number)
        .outerjoin(Order, Order.id == Payment.order_id)
        .where(condition)
    )
    row = db.session.execute(question).one_or_none()
    return Whose(*row) if row else None


def whose_payment(payment_id: int) -> Whose:
    found = whose(Payment.id == payment_id)
    if found is None:
        raise NotFound(UNKNOWN)
    return found


def meant_by(snapshot: Snapshot) -> Whose | None:
    """Another house may use the same gateway: our number is believed only while we know no page of it."""
    refs = [ref for ref in (snapshot.session_ref, snapshot.payment_ref) if ref]
    return _called(refs, snapshot.our_payment_id, Payment.session_ref.is_(None))


def to_ask_for(our_payment_id: int | None, ref: str) -> Whose | None:
    """Whose news this may be: a number is enough to ask about it, by the references that we know ourselves."""
    is_new = Payment.session_ref.is_(None) | Payment.gateway_ref.is_(None)  # it has not told us all of them
    return _called([ref], our_payment_id, is_new)


def _called(refs: Sequence[str], our_payment_id: int | None, is_new: ColumnElement[bool]) -> Whose | None:
    by_ref = or_(Payment.session_ref.in_(refs), Payment.gateway_ref.in_(refs))
    found = whose(by_ref) if refs else None
    if found is not None or our_payment_id is None:
        return found
    return whose((Payment.id == our_payment_id) & is_new)


def to_ask_about(at: datetime) -> Sequence[int]:
    """Those that may have moved without our knowing, the longest not asked about first.

    Refunds take days at times, and are followed to their end.
    """
    refunded = select(Refund.payment_id).where(Refund.status == RefundStatus.PENDING).scalar_subquery()
    is_refunded = Payment.id == any_(func.array(refunded))
    is_new = Payment.status.in_(UNDER_WAY) & (Payment.created_at > at - FOLLOWED_FOR)
    question = select(Payment.id).where(
        or_(is_new, is_refunded),
        or_(Payment.session_ref.is_not(None), Payment.gateway_ref.is_not(None)),
        Payment.created_at < at - PAUSE,
        or_(Payment.asked_at.is_(None), Payment.asked_at < at - PAUSE),
    )
    oldest_first = (Payment.asked_at.asc().nulls_first(), Payment.id)
    return db.session.scalars(question.order_by(*oldest_first).limit(MOST_AT_ONCE)).all()


def note_asked(payment_id: int, at: datetime) -> None:
    db.session.execute(update(Payment).where(Payment.id == payment_id).values(asked_at=at))


def orders_to_expire(at: datetime) -> Sequence[tuple[int, int]]:
    """Numbers of rows and of orders that wait for a card for longer than they may."""
    rows = db.session.execute(
        select(Order.id, Order.number)
        .where(
            Order.status == "pending",
            Order.hold_reason == "payment",
            Order.payment_method == "card",
            Order.authorise_by < at,
        )
        .order_by(Order.id)
        .limit(MOST_AT_ONCE)
    )
    return [(row.id, row.number) for row in rows]


def page_of(payment_id: int) -> PaymentOperation | None:
    """Where this payment is made: the newest of its authorisations."""
    question = select(PaymentOperation).where(
        PaymentOperation.payment_id == payment_id, PaymentOperation.kind == OperationKind.AUTHORISE
    )
    newest = question.order_by(PaymentOperation.id.desc()).limit(1)
    return db.session.scalars(newest.execution_options(populate_existing=True)).one_or_none()
