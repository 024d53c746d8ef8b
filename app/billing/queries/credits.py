"""What can still be credited: invoices with how much of each of their lines was credited before."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import selectinload

from app.billing.models import DocumentKind, Invoice, InvoiceBalance, InvoiceLine, LineKind
from app.billing.queries.invoices import UNKNOWN, invoices_seen_by
from app.core.access import Viewer
from app.core.database import db
from app.core.errors import NotFound


@dataclass(frozen=True, slots=True)
class Creditable:
    """An invoice, and how many of each of its lines were credited before, by line."""

    invoice: Invoice
    before: Mapping[int, int]

    def left_of(self, line: InvoiceLine) -> int:
        return line.quantity - self.before.get(line.line, 0)

    @property
    def goods(self) -> dict[int, int]:
        """What is left, by the item of the order."""
        return {
            line.order_item_id: self.left_of(line)
            for line in self.invoice.lines
            if line.order_item_id is not None
        }

    @property
    def delivery(self) -> InvoiceLine | None:
        """The line of the delivery, as long as it is not credited."""
        lines = (line for line in self.invoice.lines if line.kind == LineKind.DELIVERY)
        return next((line for line in lines if self.left_of(line)), None)


def creditable(viewer: Viewer, number: str) -> Creditable:
    """One invoice, which nobody else credits or pays before we commit."""
    found = _locked(invoices_seen_by(viewer).where(Invoice.number == number))
    if not found:
        raise NotFound(UNKNOWN)
    return found[0]


def creditable_of(viewer: Viewer, order_id: int, *, locked: bool = False) -> list[Creditable]:
    """All invoices of an order, the oldest first."""
    question = invoices_seen_by(viewer).where(
        Invoice.order_id == order_id, Invoice.kind == DocumentKind.INVOICE
    )
    return _locked(question) if locked else _with_what_was_credited(question)


def _locked(question: Select[Invoice]) -> list[Creditable]:
    """Invoices never change, so their balances are what is locked; what was credited is asked after that."""
    theirs = question.with_only_columns(Invoice.id)
    balances = select(InvoiceBalance).where(InvoiceBalance.invoice_id.in_(theirs))
    db.session.execute(balances.order_by(InvoiceBalance.invoice_id).with_for_update())
    return _with_what_was_credited(question)


def _with_what_was_credited(question: Select[Invoice]) -> list[Creditable]:
    whole = question.options(selectinload(Invoice.lines), selectinload(Invoice.balance))
    invoices = db.session.scalars(whole.order_by(Invoice.id).execution_options(populate_existing=True)).all()
    before = _credited([line.id for invoice in invoices for line in invoice.lines])
    return [
        Creditable(invoice, {line.line: before.get(line.id, 0) for line in invoice.lines})
        for invoice in invoices
    ]


def _credited(line_ids: Collection[int]) -> dict[int, int]:
    rows = db.session.execute(
        select(InvoiceLine.credits_line_id, func.sum(InvoiceLine.quantity))
        .where(InvoiceLine.credits_line_id.in_(line_ids))
        .group_by(InvoiceLine.credits_line_id)
    )
    return {line_id: quantity for line_id, quantity in rows if line_id is not None}


def credits_for_return(return_id: int) -> Sequence[str]:
    """The numbers of the credit notes for what came back."""
    numbers = select(Invoice.number).where(Invoice.return_id == return_id).order_by(Invoice.id)
    return db.session.scalars(numbers).all()
