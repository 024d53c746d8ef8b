"""The money that breaks an invariant: none, as long as every penny is used once."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    SQLColumnExpression,
    String,
    Subquery,
    case,
    cast,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from app.billing.models import (
    Allocation,
    DocumentKind,
    Invoice,
    InvoiceBalance,
    InvoiceLine,
    Payment,
    Receipt,
    Refund,
    RefundStatus,
)
from app.core.invariants import Finding, findings_of, row_of

_has_failed = Refund.status == RefundStatus.FAILED


def money_that_does_not_agree() -> Sequence[Finding]:
    """Each source beside what was used of it, each use beside what paid it."""
    sources = [*_wrong_receipts(), *_wrong_payments(), *_wrong_balances()]
    uses = [*_orders_overdrawn(), *_wrong_refunds(), *_wrongly_refunded()]
    return [*sources, *uses, *_of_somebody_else(), *_credited_too_much()]


def _used(column: SQLColumnExpression[int | None]) -> Subquery:
    total = func.sum(Allocation.amount).label("total")
    return select(column.label("of"), total).where(column.is_not(None)).group_by(column).subquery()


def _wrong_receipts() -> Sequence[Finding]:
    used = _used(Allocation.receipt_id)
    there = case((Receipt.reversed_at.is_(None), Receipt.amount), else_=0)
    left = there - func.coalesce(used.c.total, 0)
    return findings_of(
        select(row_of("receipt", Receipt.id), _says("unused", Receipt.unused, left))
        .outerjoin(used, used.c.of == Receipt.id)
        .where(Receipt.unused != left)
        .order_by(Receipt.id)
    )


def _wrong_payments() -> Sequence[Finding]:
    used = _used(Allocation.payment_id)
    left = Payment.captured - func.coalesce(used.c.total, 0)
    return findings_of(
        select(row_of("payment", Payment.id), _says("unused", Payment.unused, left))
        .outerjoin(used, used.c.of == Payment.id)
        .where(Payment.unused != left)
        .order_by(Payment.id)
    )


def _wrong_balances() -> Sequence[Finding]:
    """An invoice less what paid it; a credit note, below nought, and what was used of it."""
    paid, used = _used(Allocation.invoice_id), _used(Allocation.credit_id)
    owed = case((Invoice.kind == DocumentKind.CREDIT_NOTE, -Invoice.total), else_=Invoice.total)
    left = owed - func.coalesce(paid.c.total, 0) + func.coalesce(used.c.total, 0)
    wrong = case(
        (InvoiceBalance.invoice_id.is_(None), literal("has no balance")),
        (InvoiceBalance.total != owed, literal("has the balance of another sum")),
        (InvoiceBalance.customer_id != Invoice.customer_id, literal("has the balance of another customer")),
        (InvoiceBalance.due_on != Invoice.due_on, literal("has a balance that is due on another day")),
        (InvoiceBalance.open != left, _says("open", InvoiceBalance.open, left)),
    )
    return findings_of(
        select(row_of("invoice", Invoice.number), wrong)
        .outerjoin(InvoiceBalance, InvoiceBalance.invoice_id == Invoice.id)
        .outerjoin(paid, paid.c.of == Invoice.id)
        .outerjoin(used, used.c.of == Invoice.id)
        .where(wrong.is_not(None))
        .order_by(Invoice.id)
    )


def _says(what: str, noted: Any, summed: Any) -> ColumnElement[str]:
    return _unlike("has", noted, f" {what}, its allocations leave", summed)


def _unlike(does: str, amount: Any, and_yet: str, other: Any) -> ColumnElement[str]:
    return literal(f"{does} ") + cast(amount, String) + literal(f"{and_yet} ") + cast(other, String)


def _orders_overdrawn() -> Sequence[Finding]:
    paid = _used(Allocation.order_id)
    what = literal("gave more to its invoices than came in for it: ") + cast(paid.c.total, String)
    return findings_of(
        select(row_of("order with id", paid.c.of), what).where(paid.c.total < 0).order_by(paid.c.of)
    )


def _wrong_refunds() -> Sequence[Finding]:
    """What goes back, or went, is taken from something; what failed is there again."""
    paid = _used(Allocation.refund_id)
    goes, total = case((_has_failed, 0), else_=Refund.amount), func.coalesce(paid.c.total, 0)
    what = _unlike("gives back", goes, ", and uses", total)
    return findings_of(
        select(row_of("refund", Refund.id), what)
        .outerjoin(paid, paid.c.of == Refund.id)
        .where(goes != total)
        .order_by(Refund.id)
    )


def _wrongly_refunded() -> Sequence[Finding]:
    """By card: never more than came in, and as much as the refunds say that are done."""
    done = func.sum(Refund.amount).filter(Refund.status == RefundStatus.DONE).label("done")
    total = func.sum(Refund.amount).filter(~_has_failed).label("total")
    by_card = Refund.payment_id.label("of")
    back = select(by_card, done, total).group_by(Refund.payment_id).subquery()
    was_done = func.coalesce(back.c.done, 0)
    wrong = case(
        (
            back.c.total > Payment.captured,
            _unlike("brought", Payment.captured, ", and gives back", back.c.total),
        ),
        (
            Payment.refunded != was_done,
            _unlike("was given back", Payment.refunded, ", its refunds come to", was_done),
        ),
    )
    return findings_of(
        select(row_of("payment", Payment.id), wrong)
        .outerjoin(back, back.c.of == Payment.id)
        .where(wrong.is_not(None))
        .order_by(Payment.id)
    )


def _of_somebody_else() -> Sequence[Finding]:
    """Money of one customer that pays for another."""
    credit = aliased(Invoice)
    whose = func.coalesce(Receipt.customer_id, Payment.customer_id, credit.customer_id)
    for_whom = func.coalesce(Invoice.customer_id, Refund.customer_id, Allocation.customer_id)
    return findings_of(
        select(row_of("allocation", Allocation.id), literal("lets one customer pay for another"))
        .outerjoin(Receipt, Receipt.id == Allocation.receipt_id)
        .outerjoin(Payment, Payment.id == Allocation.payment_id)
        .outerjoin(credit, credit.id == Allocation.credit_id)
        .outerjoin(Invoice, Invoice.id == Allocation.invoice_id)
        .outerjoin(Refund, Refund.id == Allocation.refund_id)
        .where(or_(whose != Allocation.customer_id, for_whom != Allocation.customer_id))
        .order_by(Allocation.id)
    )


def _credited_too_much() -> Sequence[Finding]:
    """Line by line: as much as was invoiced of it, or less."""
    credit = aliased(InvoiceLine)
    sums = (func.sum(credit.quantity), func.sum(credit.net), func.sum(credit.tax))
    taken = (
        select(credit.credits_line_id.label("of"), *sums)
        .where(credit.credits_line_id.is_not(None))
        .group_by(credit.credits_line_id)
        .subquery()
    )
    of, quantity, net, tax = taken.c
    too_much = or_(quantity > InvoiceLine.quantity, net > InvoiceLine.net, tax > InvoiceLine.tax)
    what = literal("line ") + cast(InvoiceLine.line, String) + literal(" is credited beyond what it charged")
    return findings_of(
        select(row_of("invoice", Invoice.number), what)
        .join(InvoiceLine, InvoiceLine.invoice_id == Invoice.id)
        .join(taken, of == InvoiceLine.id)
        .where(too_much)
        .order_by(InvoiceLine.id)
    )
