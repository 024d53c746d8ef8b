"""Invoices of a time before they were kept here, paid by money that is not in this book either."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from app.billing.models import Invoice, Receipt
from app.billing.queries.money import Source, SourceKind, Use, UseKind
from app.billing.queries.settled_before import open_of, receipt_locked_of
from app.billing.service import settling
from app.core import audit
from app.core.access import Viewer
from app.core.database import db
from app.core.transaction import use_case

REFERENCE = "Paid before invoices were kept here"


@use_case
def note_as_paid(invoices: Sequence[Invoice], *, before: date, by: Viewer) -> Decimal:
    """What was supplied before that day: one receipt for each customer, which grows with each call."""
    supplied = [one for one in invoices if one.supplied_on < before]
    by_customer: dict[int, dict[int, Decimal]] = defaultdict(dict)
    for row in open_of([one.id for one in supplied]):
        by_customer[row.customer_id][row.invoice_id] = row.open
    for customer_id, amounts in sorted(by_customer.items()):
        _receive(customer_id, amounts, on=before - timedelta(days=1), by=by)
    return sum((amount for amounts in by_customer.values() for amount in amounts.values()), Decimal(0))


def _receive(customer_id: int, amounts: dict[int, Decimal], *, on: date, by: Viewer) -> None:
    receipt = _receipt(customer_id, sum(amounts.values(), Decimal(0)), on=on, by=by)
    source = Source(SourceKind.RECEIPT, receipt.id)
    for invoice_id, amount in amounts.items():
        use = Use(UseKind.INVOICE, invoice_id)
        settling.settle(source, use, amount, customer_id=customer_id, by=by, on=on)


def _receipt(customer_id: int, amount: Decimal, *, on: date, by: Viewer) -> Receipt:
    receipt = receipt_locked_of(customer_id, REFERENCE, on)
    if receipt is None:
        receipt = Receipt(
            customer_id=customer_id, amount=amount, unused=amount, received_on=on, reference=REFERENCE
        )
        db.session.add(receipt)
        audit.record("receipt.recorded", receipt, by=by)
    else:
        receipt.amount, receipt.unused = receipt.amount + amount, receipt.unused + amount
    db.session.flush()
    return receipt
