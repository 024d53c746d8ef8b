"""What was invoiced is taken back: a paper of its own, cut from the lines of the invoice that it credits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.billing.credited import Credited, Cut, Part, credited, spread
from app.billing.models import DocumentKind, Invoice, InvoiceLine
from app.billing.models.documents import LONGEST_REASON
from app.billing.queries.credits import Creditable, creditable, creditable_of
from app.billing.queries.money import Source, SourceKind, Use, UseKind
from app.billing.service import issuing, settling
from app.catalogue.totals import ZERO
from app.core import audit, outbox
from app.core.access import Viewer
from app.core.errors import Refused, named_as
from app.core.transaction import use_case

AT_ONCE = "prepay"  # what is owed to a customer, they may use the same day
NO_INVOICE = "Nothing of it was invoiced yet, so there is nothing to refund."
ALL_CREDITED = "All of it is credited already, so there is nothing left to refund."


@dataclass(frozen=True, slots=True)
class Planned:
    """A credit note to come, and the invoice that it credits."""

    invoice: Invoice
    found: Credited

    @property
    def paid_back(self) -> Decimal:
        """What the customer has of it once the open part of the invoice is settled."""
        return max(self.found.total - self.invoice.balance.open, ZERO)


@dataclass(frozen=True, slots=True)
class Note:
    """A credit note that was written, and what the customer still has of it."""

    paper: Invoice
    left: Decimal


@use_case
def credit(
    number: str,
    *,
    lines: Mapping[int, int],
    with_delivery: bool,
    reason: str,
    by: Viewer,
    on: date,
    return_id: int | None = None,
) -> Invoice:
    """So many of each line of this invoice, by its number."""
    found = creditable(by, number)
    if found.invoice.is_credit_note:
        raise Refused(f"{number} is a credit note. Only an invoice can be credited.", field="number")
    items = {line.line: line.order_item_id for line in found.invoice.lines if line.order_item_id}
    unknown = lines.keys() - items.keys()
    if unknown:
        raise Refused("That line is not on this invoice.", field=f"lines.{min(unknown)}")
    with named_as({f"items.{item_id}": f"lines.{line}" for line, item_id in items.items()}):
        wanted = {items[line]: quantity for line, quantity in lines.items()}
        [plan] = planned([found], wanted, with_delivery=with_delivery)
    return _written(plan, reason=_said(reason), by=by, on=on, return_id=return_id).paper


@use_case
def credit_order(
    order_id: int,
    items: Mapping[int, int] | None,
    *,
    with_delivery: bool,
    reason: str,
    by: Viewer,
    on: date,
    return_id: int | None = None,
) -> list[Note]:
    """So many of each item of the order, or all that is left: a credit note for each of its invoices.

    All of them are locked before the first has its number, which everybody else waits for.
    """
    said = _said(reason)
    plans = planned(creditable_of(by, order_id, locked=True), items, with_delivery=with_delivery)
    return [_written(plan, reason=said, by=by, on=on, return_id=return_id) for plan in plans]


def planned(
    invoices: Sequence[Creditable], items: Mapping[int, int] | None, *, with_delivery: bool
) -> list[Planned]:
    """What would be credited, from the oldest invoice on; `items` by the item of the order, or all of them."""
    expect_something(invoices)
    wanted = all_goods(invoices) if items is None else items
    _expect_enough(invoices, wanted)
    delivery = [one.delivery if with_delivery else None for one in invoices]
    if items is not None and with_delivery and not any(delivery):
        raise Refused("No delivery is left to refund.", field="delivery")
    shares = spread([one.goods for one in invoices], wanted)
    found = [
        _plan(one, goods, line)
        for one, goods, line in zip(invoices, shares, delivery, strict=True)
        if goods or line
    ]
    if not found:
        raise Refused("Say how many to refund, 1 or more.", field="lines")
    return found


def expect_something(invoices: Sequence[Creditable]) -> None:
    """Refused where nothing was invoiced, or all of it is credited."""
    if not invoices:
        raise Refused(NO_INVOICE)
    if not any(one.delivery or any(one.goods.values()) for one in invoices):
        raise Refused(ALL_CREDITED)


def all_goods(invoices: Sequence[Creditable]) -> dict[int, int]:
    """What is left of them, by the item of the order."""
    left: dict[int, int] = {}
    for one in invoices:
        for item_id, quantity in one.goods.items():
            left[item_id] = left.get(item_id, 0) + quantity
    return left


def _expect_enough(invoices: Sequence[Creditable], wanted: Mapping[int, int]) -> None:
    left = all_goods(invoices)
    names = {line.order_item_id: line.name for one in invoices for line in one.invoice.lines}
    for item_id, quantity in wanted.items():
        most = left.get(item_id, 0)
        if not 0 <= quantity <= most:
            name = names.get(item_id, "it")
            said = f"{most:,} of {name} can be refunded." if most else f"No {name} can be refunded."
            raise Refused(said, field=f"items.{item_id}")


def _plan(one: Creditable, goods: Mapping[int, int], delivery: InvoiceLine | None) -> Planned:
    parts = [
        Part(line.line, line.quantity, line.net, line.tax, one.before[line.line], _now(line, goods, delivery))
        for line in one.invoice.lines
    ]
    return Planned(one.invoice, credited(parts, one.invoice.total))


def _now(line: InvoiceLine, goods: Mapping[int, int], delivery: InvoiceLine | None) -> int:
    if line.order_item_id is None:
        return line.quantity if line is delivery else 0
    return goods.get(line.order_item_id, 0)


def _said(reason: str) -> str:
    if not reason:
        raise Refused("Say why, in a few words.", field="reason")
    if len(reason) > LONGEST_REASON:
        raise Refused(f"Use {LONGEST_REASON} characters or fewer.", field="reason")
    return reason


def _written(plan: Planned, *, reason: str, by: Viewer, on: date, return_id: int | None) -> Note:
    """Numbered, and used for what is open of its own invoice."""
    invoice, paid_back = plan.invoice, plan.paid_back
    paper = _paper(invoice, plan.found, reason=reason, return_id=return_id)
    issuing.number(paper, plan.found, by=by, on=on)
    if settled := paper.total - paid_back:
        source, use = Source(SourceKind.CREDIT, paper.id), Use(UseKind.INVOICE, invoice.id)
        settling.settle(source, use, settled, customer_id=paper.customer_id, by=by, on=paper.issued_on)
    _told(paper, by=by)
    return Note(paper, paid_back)


def _paper(invoice: Invoice, found: Credited, *, reason: str, return_id: int | None) -> Invoice:
    """It says of whom, to whom and of what as the invoice did."""
    by_line = {line.line: line for line in invoice.lines}
    return Invoice(
        kind=DocumentKind.CREDIT_NOTE,
        credits_id=invoice.id,
        return_id=return_id,
        reason=reason,
        customer_id=invoice.customer_id,
        order_id=invoice.order_id,
        order_number=invoice.order_number,
        shipment_number=invoice.shipment_number,
        po_number=invoice.po_number,
        supplied_on=invoice.supplied_on,
        terms=AT_ONCE,
        seller=issuing.seller(),
        buyer=invoice.buyer,
        deliver_to=invoice.deliver_to,
        currency=invoice.currency,
        lines=[_line(place, cut, by_line[cut.line]) for place, cut in enumerate(found.cuts, 1)],
    )


def _line(place: int, cut: Cut, of: InvoiceLine) -> InvoiceLine:
    kept = ("kind", "order_item_id", "product_id", "sku", "name", "unit_label", "unit_price", "tax_rate")
    return InvoiceLine(
        line=place,
        quantity=cut.quantity,
        net=cut.net,
        tax=cut.tax,
        credits_line_id=of.id,
        **{name: getattr(of, name) for name in kept},
    )


def _told(paper: Invoice, *, by: Viewer) -> None:
    """On its order, and to the customer."""
    diff: audit.Diff = {"credit_note": [None, paper.number], "total": [None, str(paper.total)]}
    audit.note(
        "order.credited",
        entity="order",
        entity_id=paper.order_id,
        name=f"order {paper.order_number}",
        by=by,
        diff=diff | {"reason": [None, paper.reason]},
    )
    for topic, key in (("billing.mail_credit_note", "invoice"), ("orders.mail_credited", "credited")):
        outbox.promise(
            topic,
            dedupe_key=f"{key}:{paper.id}",
            about=f"order:{paper.order_id}",
            order_id=paper.order_id,
            invoice_id=paper.id,
        )
