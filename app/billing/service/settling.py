"""Which money pays what: every penny of a source goes to one use, and both rows move with it."""

from datetime import date
from decimal import Decimal

from app.billing.models import Allocation, Invoice
from app.billing.queries import money
from app.billing.queries.money import Source, Use, UseKind
from app.core.access import Viewer
from app.core.database import db
from app.core.errors import Refused
from app.core.transaction import use_case

NOT_LEFT = "So much of it is not left any more. Look at it again."
NOT_OPEN = "So much of it is not open any more. Look at it again."


@use_case
def settle(source: Source, use: Use, amount: Decimal, *, customer_id: int, by: Viewer, on: date) -> None:
    """So much of one pays so much of the other; below nought, it is taken back."""
    if not money.take(source, amount):
        raise Refused(NOT_LEFT, field="amount")
    if not money.put(use, amount):
        raise Refused(NOT_OPEN, field="amount")
    _note(source, use, amount, customer_id=customer_id, by=by, on=on)


@use_case
def use_what_was_paid_for(order_id: int, invoice: Invoice, *, by: Viewer, on: date) -> None:
    """What came in for the order in advance pays its invoice, as far as it goes."""
    open_amount = invoice.total
    for source, amount in money.paid_for(Use(UseKind.ORDER, order_id)):
        used = min(amount, open_amount)
        if not used:
            return
        open_amount -= used
        money.put(Use(UseKind.INVOICE, invoice.id), used)
        for use, moved in ((Use(UseKind.ORDER, order_id), -used), (Use(UseKind.INVOICE, invoice.id), used)):
            _note(source, use, moved, customer_id=invoice.customer_id, by=by, on=on)


def _note(source: Source, use: Use, amount: Decimal, *, customer_id: int, by: Viewer, on: date) -> None:
    db.session.add(
        Allocation(
            customer_id=customer_id,
            amount=amount,
            made_on=on,
            made_by=by.principal,
            made_by_name=by.name,
            **{f"{source.kind}_id": source.id, f"{use.kind}_id": use.id},
        )
    )
