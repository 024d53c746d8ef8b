"""An invoice is issued when a shipment leaves, in the same transaction, and its number is the last thing taken."""

from dataclasses import asdict
from datetime import date
from typing import Any

from app.accounts.models import Customer
from app.billing.credited import Credited
from app.billing.invoiced import Charge, Charged, Shipped, charged, due_on, fingerprint
from app.billing.models import DocumentKind, Invoice, InvoiceBalance, InvoiceLine, LineKind
from app.billing.queries.numbers import next_number
from app.billing.service import settling
from app.core import outbox
from app.core.access import Viewer
from app.core.business import business
from app.core.database import db
from app.core.transaction import use_case

NOT_OF_THE_PAPER = {"version", "time_zone", "opening_hours", "tagline", "short_name", "reminder_days"}


@use_case
def issue(shipped: Shipped, customer: Customer, *, by: Viewer, on: date, is_news: bool = True) -> Invoice:
    """The order is locked, and everything else of this transaction is written: whoever issues next waits for us.

    Nobody is sent what is no news.
    """
    found = charged(shipped)
    invoice = Invoice(
        kind=DocumentKind.INVOICE,
        customer_id=customer.id,
        order_id=shipped.order_id,
        order_number=shipped.order_number,
        shipment_id=shipped.shipment_id,
        shipment_number=shipped.shipment_number,
        po_number=shipped.po_number,
        supplied_on=shipped.supplied_on,
        terms=shipped.terms,
        seller=seller(),
        buyer=buyer(customer, shipped.bill_to),
        deliver_to=shipped.deliver_to,
        currency=shipped.currency,
        lines=[_line(place, charge) for place, charge in enumerate(found.charges, 1)],
    )
    number(invoice, found, by=by, on=on)
    if shipped.is_prepaid:
        settling.use_what_was_paid_for(shipped.order_id, invoice, by=by, on=invoice.issued_on)
    if is_news:
        _promise_mail(invoice)
    return invoice


def _promise_mail(invoice: Invoice) -> None:
    outbox.promise(
        "billing.mail_invoice",
        dedupe_key=f"invoice:{invoice.id}",
        about=f"order:{invoice.order_id}",
        invoice_id=invoice.id,
    )


def number(paper: Invoice, found: Charged | Credited, *, by: Viewer, on: date) -> None:
    """Its number, its day and its sums; from here on nobody changes it."""
    paper.net, paper.tax, paper.rounding, paper.total = found.net, found.tax, found.rounding, found.total
    paper.issued_by, paper.issued_by_name = by.principal, by.name
    taken = next_number(DocumentKind(paper.kind), on)
    paper.series, paper.year, paper.serial, paper.number = (
        paper.kind.series,
        taken.year,
        taken.serial,
        taken.text,
    )
    paper.issued_on, paper.due_on = taken.on, due_on(taken.on, paper.terms)
    paper.sha256 = fingerprint(content_of(paper))
    owed = -paper.total if paper.is_credit_note else paper.total
    paper.balance = InvoiceBalance(customer_id=paper.customer_id, due_on=paper.due_on, total=owed, open=owed)
    db.session.add(paper)
    db.session.flush()


def seller() -> dict[str, Any]:
    """Who we are on this day."""
    return {name: value for name, value in asdict(business()).items() if name not in NOT_OF_THE_PAPER}


def buyer(customer: Customer, bill_to: dict[str, Any]) -> dict[str, Any]:
    return bill_to | {"name": customer.name, "code": customer.code, "tax_id": customer.tax_id}


def content_of(paper: Invoice) -> dict[str, Any]:
    """All that it says, as its fingerprint was taken."""
    kept = ("kind", "number", "order_number", "shipment_number", "po_number", "reason", "terms", "currency")
    days, sums = ("issued_on", "supplied_on", "due_on"), ("net", "tax", "rounding", "total")
    people = ("seller", "buyer", "deliver_to")
    return (
        {name: getattr(paper, name) or "" for name in kept}  # as it is read again: nothing said is no word
        | {name: getattr(paper, name) for name in (*days, *people)}
        | {name: f"{getattr(paper, name):.2f}" for name in sums}
        | {"lines": [_content_of_line(line) for line in paper.lines]}
    )


def _content_of_line(line: InvoiceLine) -> list[str]:
    said = (line.line, line.sku, line.name, line.unit_label, line.quantity, f"{line.unit_price:.4f}")
    return [str(value) for value in (*said, f"{line.tax_rate:.4f}", f"{line.net:.2f}", f"{line.tax:.2f}")]


def _line(place: int, charge: Charge) -> InvoiceLine:
    leaving = charge.leaving
    return InvoiceLine(
        line=place,
        kind=LineKind.GOODS if leaving else LineKind.DELIVERY,
        order_item_id=leaving.order_item_id if leaving else None,
        product_id=leaving.product_id if leaving else None,
        sku=leaving.sku if leaving else "",
        name=charge.name,
        unit_label=leaving.unit_label if leaving else "",
        quantity=charge.quantity,
        unit_price=charge.unit_price,
        tax_rate=charge.rate,
        net=charge.net,
        tax=charge.tax,
    )
