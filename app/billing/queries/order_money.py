"""The money of an order: each part is looked up by the order's own number, beside the row that asks."""

from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Date, Select, and_, bindparam, func, or_, select
from sqlalchemy.types import BigInteger

from app.billing.models import (
    Allocation,
    DocumentKind,
    Invoice,
    InvoiceBalance,
    Payment,
    PaymentStatus,
    Refund,
    RefundStatus,
)
from app.core.questions import Question

_paper, _note = Invoice.__table__.alias("paper"), Invoice.__table__.alias("note")
_balance = InvoiceBalance.__table__.alias("balance")
_allocation = Allocation.__table__.alias("paid")
_payment, _refund = Payment.__table__.alias("card"), Refund.__table__.alias("given_back")
_is_credit_note = _paper.c.kind == DocumentKind.CREDIT_NOTE.value
_is_done = _refund.c.status == RefundStatus.DONE.value
# One that is about to be let go pays for nothing any more.
_is_authorised = and_(_payment.c.status == PaymentStatus.AUTHORISED.value, _payment.c.void_asked_at.is_(None))
Id = ColumnElement[int]


def has_open(order_id: Id, *more: ColumnElement[bool]) -> ColumnElement[bool]:
    return _open_papers(_paper.c.id, *more).where(_paper.c.order_id == order_id).exists()


def is_due_before(day: ColumnElement[date]) -> ColumnElement[bool]:
    """Said of an invoice that is open."""
    return _balance.c.due_on < day


def orders_with_open(*more: ColumnElement[bool]) -> Select[int]:
    """Found from the invoices, which are few beside all orders."""
    return _open_papers(_paper.c.order_id, *more)


def _open_papers(column: Any, *more: ColumnElement[bool]) -> Select[Any]:
    joined = _paper.join(_balance, _balance.c.invoice_id == _paper.c.id)
    return select(column).select_from(joined).where(_balance.c.open > 0, *more)


def is_given_back(order_id: Id) -> ColumnElement[bool]:
    """Something of it was credited, or paid back."""
    credited = select(_paper.c.id).where(_paper.c.order_id == order_id, _is_credit_note)
    refunded = select(_refund.c.id).where(_refund.c.order_id == order_id, _is_done)
    return or_(credited.exists(), refunded.exists())


def orders_given_back() -> list[Select[int]]:
    credited = select(_paper.c.order_id).where(_paper.c.credits_id.is_not(None))
    return [credited, select(_refund.c.order_id).where(_is_done, _refund.c.order_id.is_not(None))]


def was_paid(order_id: Id) -> ColumnElement[bool]:
    """What came in by mistake and was taken back is as if it had never come."""
    refunded = select(_refund.c.id).where(_refund.c.order_id == order_id, _is_done)
    came_in = _came_in(_sum(_allocation.c.amount), order_id).scalar_subquery()
    return or_(came_in > 0, refunded.exists())


def _came_in(column: Any, order_id: Id) -> Select[Any]:
    """What pays its invoices; a credit note of the order itself is no money."""
    of_papers = _allocation.join(_paper, _paper.c.id == _allocation.c.invoice_id)
    by_credit = of_papers.outerjoin(_note, _note.c.id == _allocation.c.credit_id)
    is_money = or_(_note.c.id.is_(None), _note.c.order_id != _paper.c.order_id)
    return select(column).select_from(by_credit).where(_paper.c.order_id == order_id, is_money)


def is_authorised(order_id: Id) -> ColumnElement[bool]:
    return orders_authorised().where(_payment.c.order_id == order_id).exists()


def orders_authorised() -> Select[int]:
    return select(_payment.c.order_id).where(_is_authorised)


def put_aside(order_id: Id) -> ColumnElement[Decimal]:
    """What came in for it in advance, and no invoice has taken yet."""
    put = select(_sum(_allocation.c.amount)).where(_allocation.c.order_id == order_id)
    by_card = select(_sum(_payment.c.unused)).where(_payment.c.order_id == order_id)
    return put.scalar_subquery() + by_card.scalar_subquery()


def credited(order_id: Id) -> ColumnElement[Decimal]:
    return (
        select(_sum(_paper.c.total)).where(_paper.c.order_id == order_id, _is_credit_note).scalar_subquery()
    )


def _sum(column: ColumnElement[Decimal]) -> ColumnElement[Decimal]:
    return func.coalesce(func.sum(column), 0)


class OrderMoney(NamedTuple):
    """What was credited of an order, what came in for it, in advance and for invoices, and what is open."""

    credited: Decimal
    came_in: Decimal
    open: Decimal
    overdue: Decimal
    due_on: date | None
    in_advance: Decimal
    authorised: Decimal
    refunded: Decimal

    @property
    def paid(self) -> Decimal:
        return self.came_in + self.in_advance


_order_id, _today = bindparam("order_id", type_=BigInteger), bindparam("today", type_=Date)


def _of_papers(column: ColumnElement[Any], *more: ColumnElement[bool]) -> ColumnElement[Any]:
    return _open_papers(column, _paper.c.order_id == _order_id, *more).scalar_subquery()


MONEY = Question(
    select(
        credited(_order_id).label("credited"),
        _came_in(_sum(_allocation.c.amount), _order_id).scalar_subquery().label("came_in"),
        _of_papers(_sum(_balance.c.open)).label("open"),
        _of_papers(_sum(_balance.c.open), is_due_before(_today)).label("overdue"),
        _of_papers(func.min(_balance.c.due_on)).label("due_on"),
        put_aside(_order_id).label("in_advance"),
        select(_sum(_payment.c.authorised - _payment.c.captured))
        .where(_payment.c.order_id == _order_id, _is_authorised)
        .scalar_subquery()
        .label("authorised"),
        select(_sum(_refund.c.amount))
        .where(_refund.c.order_id == _order_id, _is_done)
        .scalar_subquery()
        .label("refunded"),
    )
)


def order_money(order_id: int, *, today: date) -> OrderMoney:
    return OrderMoney(*MONEY.ask(order_id=order_id, today=today).one())
