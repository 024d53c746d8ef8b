"""Money that moves: each statement decides alone whether so much is there."""

from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import Select, Update, func, select, update
from sqlalchemy.orm import InstrumentedAttribute

from app.billing.models import Allocation, InvoiceBalance, Payment, Receipt
from app.core.database import db, rows_changed


class SourceKind(StrEnum):
    RECEIPT = "receipt"
    PAYMENT = "payment"
    CREDIT = "credit"


class UseKind(StrEnum):
    INVOICE = "invoice"
    ORDER = "order"
    REFUND = "refund"


class Source(NamedTuple):
    """Where money comes from: a receipt, a card payment, or the credit note with this number of row."""

    kind: SourceKind
    id: int


class Use(NamedTuple):
    """What it pays: an invoice, an order in advance, or a refund."""

    kind: UseKind
    id: int


class Paid(NamedTuple):
    """So much of one source."""

    source: Source
    amount: Decimal


def take(source: Source, amount: Decimal) -> bool:
    """Whether so much of it was left; then it is used."""
    return rows_changed(_TAKING[source.kind](source.id, amount)) == 1


def put(use: Use, amount: Decimal) -> bool:
    """Whether so much of it was open. An order or a refund keeps no sum of its own."""
    return use.kind is not UseKind.INVOICE or rows_changed(_pay(use.id, amount)) == 1


def _take_of_receipt(row_id: int, amount: Decimal) -> Update:
    enough = (Receipt.id == row_id) & (Receipt.unused - amount).between(0, Receipt.amount)
    return update(Receipt).where(enough, Receipt.reversed_at.is_(None)).values(unused=Receipt.unused - amount)


def _take_of_payment(row_id: int, amount: Decimal) -> Update:
    enough = (Payment.id == row_id) & (Payment.unused - amount).between(0, Payment.captured)
    return update(Payment).where(enough).values(unused=Payment.unused - amount)


def _take_of_credit(row_id: int, amount: Decimal) -> Update:
    enough = (InvoiceBalance.invoice_id == row_id) & (InvoiceBalance.open + amount).between(
        InvoiceBalance.total, 0
    )
    return update(InvoiceBalance).where(enough).values(open=InvoiceBalance.open + amount)


def _pay(row_id: int, amount: Decimal) -> Update:
    enough = (InvoiceBalance.invoice_id == row_id) & (InvoiceBalance.open - amount).between(
        0, InvoiceBalance.total
    )
    return update(InvoiceBalance).where(enough).values(open=InvoiceBalance.open - amount)


_TAKING = {
    SourceKind.RECEIPT: _take_of_receipt,
    SourceKind.PAYMENT: _take_of_payment,
    SourceKind.CREDIT: _take_of_credit,
}


def paid_for(use: Use) -> Sequence[Paid]:
    """What each source has paid of it so far, the oldest first."""
    rows = db.session.execute(_paid(getattr(Allocation, f"{use.kind}_id"), use.id))
    return [Paid(_source_of(row), row.amount) for row in rows]


def _paid(column: InstrumentedAttribute[int | None], row_id: int) -> Select[*tuple[Any, ...]]:
    sources = (Allocation.receipt_id, Allocation.payment_id, Allocation.credit_id)
    amount = func.sum(Allocation.amount).label("amount")
    return (
        select(*sources, amount)
        .where(column == row_id)
        .group_by(*sources)
        .having(amount > 0)
        .order_by(func.min(Allocation.id))
    )


def _source_of(row: Any) -> Source:
    return next(
        Source(kind, getattr(row, f"{kind}_id"))
        for kind in SourceKind
        if getattr(row, f"{kind}_id") is not None
    )
