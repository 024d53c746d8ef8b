"""All that changed what a customer owes, in one line each: invoices, credit notes, and money in and back."""

from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    Numeric,
    Select,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    null,
    select,
    true,
    union_all,
)

from app.billing.aged import AGES, Age
from app.billing.models import (
    Allocation,
    DocumentKind,
    Invoice,
    InvoiceBalance,
    Payment,
    Receipt,
    Refund,
    RefundStatus,
)
from app.billing.movements import Kind
from app.billing.periods import Period
from app.core.paging import Sort
from app.core.questions import Question
from app.core.streaming import EveryRow

MOST_LINES, MOST_OPEN = 500, 100
APART = 10**15  # two kinds of rows on one day never share a place

_whose = bindparam("customer_id", type_=BigInteger)
_starts, _ends = bindparam("starts", type_=Date), bindparam("ends", type_=Date)
_today = bindparam("today", type_=Date)
_paper, _balance = Invoice.__table__.c, InvoiceBalance.__table__.c
_receipt, _payment, _refund = Receipt.__table__.c, Payment.__table__.c, Refund.__table__.c
_is_credit_note = _paper.kind == DocumentKind.CREDIT_NOTE.value


def _movement(
    kind: Kind | ColumnElement[int],
    row_id: ColumnElement[int],
    on: ColumnElement[Any],
    amount: ColumnElement[Any],
    **told: ColumnElement[Any],
) -> Select[*tuple[Any, ...]]:
    """`kind` is its place among what happened on the same day."""
    more: dict[str, ColumnElement[Any]] = {
        "number": literal(""),
        "words": literal(""),
        "order_number": cast(null(), BigInteger),
    }
    kind_of = cast(int(kind) if isinstance(kind, Kind) else kind, BigInteger)
    return select(
        on.label("day"),
        (kind_of * APART + row_id).label("place"),
        kind_of.label("kind"),
        row_id.label("row_id"),
        amount.label("amount"),
        *(column.label(name) for name, column in (more | told).items()),
    )


# Invoices and credit notes are one walk: for most customers, they are nearly all of it.
_papers = _movement(
    case((_is_credit_note, int(Kind.CREDIT_NOTE)), else_=int(Kind.INVOICE)),
    _paper.id,
    _paper.issued_on,
    case((_is_credit_note, -_paper.total), else_=_paper.total),
    number=_paper.number,
    words=case((_is_credit_note, _paper.reason), else_=_paper.po_number),
    order_number=_paper.order_number,
)
_receipts = _movement(
    Kind.RECEIPT, _receipt.id, _receipt.received_on, -_receipt.amount, words=_receipt.reference
)
_reversed = _movement(
    Kind.RECEIPT_REVERSED, _receipt.id, _receipt.reversed_on, _receipt.amount, words=_receipt.reference
)
_payments = _movement(
    Kind.CARD_PAYMENT, _payment.id, _payment.captured_on, -_payment.captured, words=_payment.card
)
_refunds = _movement(Kind.REFUND, _refund.id, _refund.refunded_on, _refund.amount, words=_refund.reason)
_every = union_all(
    _papers.where(_paper.customer_id == _whose),
    _receipts.where(_receipt.customer_id == _whose),
    _reversed.where(_receipt.customer_id == _whose, _receipt.reversed_on.is_not(None)),
    _payments.where(_payment.customer_id == _whose, _payment.captured > 0),
    _refunds.where(_refund.customer_id == _whose, _refund.status == RefundStatus.DONE.value),
).subquery("movement")
_line = _every.c
_so_far = func.sum(_line.amount).over(order_by=(_line.day, _line.place))
_in_period = select(*_line, (bindparam("opening", type_=Numeric(14, 2)) + _so_far).label("balance")).where(
    _line.day.between(_starts, _ends)
)
LINES = Question(_in_period.order_by(_line.day, _line.place).limit(MOST_LINES))

_due = and_(_balance.customer_id == _whose, _balance.open > 0)
_late = _today - _balance.due_on


def _sum(column: ColumnElement[Any], *where: ColumnElement[bool]) -> ColumnElement[Decimal]:
    summed: Select[Decimal] = select(func.coalesce(func.sum(column), 0)).where(*where)
    return summed.scalar_subquery()


_sums = (
    select(
        func.coalesce(func.sum(_line.amount).filter(_line.day < _starts), 0).label("opening"),
        func.coalesce(func.sum(_line.amount), 0).label("closing"),
        func.count().filter(_line.day >= _starts).label("how_many"),
    )
    .where(_line.day <= _ends)
    .subquery("sums")
)


def _of_age(age: Age) -> ColumnElement[Decimal]:
    least = _late >= age.least if age.least is not None else true()
    most = _late <= age.most if age.most is not None else true()
    return func.coalesce(func.sum(_balance.open).filter(least, most), 0)


_ages = select(*(_of_age(age).label(name) for name, age in AGES.items())).where(_due).subquery("ages")
FIGURES = Question(
    select(
        *_sums.c,
        (
            _sum(_receipt.unused, _receipt.customer_id == _whose, _receipt.unused > 0)
            + _sum(_payment.unused, _payment.customer_id == _whose, _payment.unused > 0)
            - _sum(_balance.open, _balance.customer_id == _whose, _balance.open < 0)
        ).label("unused"),
        _sum(
            Allocation.__table__.c.amount,
            Allocation.__table__.c.customer_id == _whose,
            Allocation.__table__.c.order_id.is_not(None),
        ).label("in_advance"),
        _sum(
            _refund.amount, _refund.customer_id == _whose, _refund.status == RefundStatus.PENDING.value
        ).label("on_its_way"),
        *_ages.c,
    )
)
OPEN = Question(
    select(
        _paper.number,
        _paper.issued_on,
        _paper.order_number,
        _paper.po_number,
        *(_balance.due_on, _balance.total, _balance.open),
        case((_late > 0, _late), else_=0).label("days_late"),
    )
    .join(InvoiceBalance.__table__, _balance.invoice_id == _paper.id)
    .where(_due)
    .order_by(_balance.due_on, _paper.id)
    .limit(MOST_OPEN)
)


class Figures(NamedTuple):
    """The balance before and after the period and how many lines are in it; and how all stands today."""

    opening: Decimal
    closing: Decimal
    how_many: int
    unused: Decimal
    in_advance: Decimal
    on_its_way: Decimal
    ages: list[tuple[str, Decimal]]

    @property
    def open(self) -> Decimal:
        return sum((amount for _, amount in self.ages), Decimal(0))

    @property
    def overdue(self) -> Decimal:
        return sum((amount for _, amount in self.ages[1:]), Decimal(0))

    @property
    def balance(self) -> Decimal:
        """What is owed today: the same as the statement of all days until today comes to."""
        return self.open - self.unused - self.in_advance - self.on_its_way


def figures_of(customer_id: int, period: Period, *, today: date) -> Figures:
    row = FIGURES.ask(customer_id=customer_id, starts=period.starts, ends=period.ends, today=today).one()
    ages = [(age.word, amount) for age, amount in zip(AGES.values(), row[-len(AGES) :], strict=True)]
    return Figures(row.opening, row.closing, row.how_many, row.unused, row.in_advance, row.on_its_way, ages)


def lines_of(customer_id: int, period: Period, *, opening: Decimal) -> list[Any]:
    """The first of them, each with the balance after it."""
    return LINES.ask(customer_id=customer_id, starts=period.starts, ends=period.ends, opening=opening)


def every_line(customer_id: int, period: Period, *, opening: Decimal) -> EveryRow:
    given = {"customer_id": customer_id, "starts": period.starts, "ends": period.ends, "opening": opening}
    return EveryRow(_in_period.params(**given), Sort(_line.day, _line.place))


def open_items(customer_id: int, *, today: date) -> list[Any]:
    """The oldest first."""
    return OPEN.ask(customer_id=customer_id, today=today)
