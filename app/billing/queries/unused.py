"""Money that pays nothing yet: what is left of a receipt, of a card payment, or of a credit note."""

from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Row, select

from app.accounts.models import Customer
from app.billing.models import Invoice, InvoiceBalance, Payment, Receipt
from app.billing.queries import payable
from app.billing.queries.money import Source, SourceKind
from app.core.database import db
from app.core.errors import NotFound

UNKNOWN = "We cannot find that money."


class Unused(NamedTuple):
    """So much of it is left."""

    source: Source
    row: Invoice | Payment | Receipt
    left: Decimal

    @property
    def customer_id(self) -> int:
        return self.row.customer_id

    @property
    def order_id(self) -> int | None:
        """What came in by bank belongs to no order."""
        return None if isinstance(self.row, Receipt) else self.row.order_id


def unused_of(source: Source) -> Unused:
    """As it is now."""
    if source.kind is SourceKind.CREDIT:
        return _credit(source)
    found = _came_in(source)
    if found is None:
        raise NotFound(UNKNOWN)
    return Unused(source, found, found.unused)


def company_of(found: Unused) -> str:
    """Whose it is, even where their account is closed."""
    name = db.session.execute(select(Customer.name).where(Customer.id == found.customer_id))
    return name.scalar_one()


def unused_locked(
    source: Source, numbers: Collection[str] = ()
) -> tuple[Unused, Sequence[Row[*tuple[Any, ...]]]]:
    """And those invoices of the same customer: nobody else uses or pays any of it before we commit."""
    customer_id = unused_of(source).customer_id
    credit_id = source.id if source.kind is SourceKind.CREDIT else None
    if credit_id is None:
        _came_in(source, locked=True)
    papers = payable.invoices_locked(customer_id, numbers, credit_id=credit_id)
    return unused_of(source), [row for row in papers if row.id != credit_id]


def _came_in(source: Source, *, locked: bool = False) -> Payment | Receipt | None:
    lock = {"key_share": True} if locked else None
    if source.kind is SourceKind.RECEIPT:
        return db.session.get(Receipt, source.id, populate_existing=True, with_for_update=lock)
    return db.session.get(Payment, source.id, populate_existing=True, with_for_update=lock)


def _credit(source: Source) -> Unused:
    """The balance of a credit note is below nought as long as something is left."""
    question = (
        select(Invoice, -InvoiceBalance.open)
        .join(InvoiceBalance, InvoiceBalance.invoice_id == Invoice.id)
        .where(Invoice.id == source.id, InvoiceBalance.total < 0)
    )
    found = db.session.execute(question).one_or_none()
    if found is None:
        raise NotFound(UNKNOWN)
    return Unused(source, *found)
