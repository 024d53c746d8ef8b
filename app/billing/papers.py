"""What an invoice or a credit note says, for the page and for the PDF alike: all of it from the frozen row."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from app.billing.models import Invoice, InvoiceLine, LineKind
from app.catalogue.totals import ZERO
from app.core.bars import Bars, bars_of
from app.core.money import money, percent, unit_money
from app.core.text import counted, in_full
from app.customers.papers import address_lines, letterhead
from app.customers.words import PAYMENT_TERMS

IN_ADVANCE = "prepay"

Pair = tuple[str, str]


class Taxed(NamedTuple):
    """All that is taxed at one rate."""

    rate: Decimal
    net: Decimal
    tax: Decimal


@dataclass(frozen=True, slots=True)
class PaperLine:
    """So many of one product, and what they cost before tax."""

    name: str
    sku: str
    unit: str
    quantity: str
    price: str
    rate: str
    total: str


@dataclass(frozen=True, slots=True)
class Paper:
    """Words only: whoever shows it works nothing out. `pay_by` is empty on a credit note."""

    title: str
    number: str
    bars: Bars
    seller: list[str]
    bill_to: list[str]
    deliver_to: list[str]
    facts: list[Pair]
    pay_by: str
    reason: str
    lines: list[PaperLine]
    sums: list[Pair]
    total: Pair
    bank: list[str]
    company: list[str]


def paper_of(invoice: Invoice, *, credited: str = "") -> Paper:
    """`credited` is the number of the invoice that a credit note credits."""
    seller, currency = invoice.seller, invoice.currency
    goods = [line for line in invoice.lines if line.kind == LineKind.GOODS]
    bill_to = address_lines(invoice.buyer)
    return Paper(
        title=invoice.word,
        number=invoice.number,
        bars=bars_of(str(invoice.order_number)),
        seller=letterhead(**{part: seller[part] for part in ("name", "address", "phone", "email")}),
        bill_to=bill_to + _tax_number(invoice.buyer["tax_id"]),
        deliver_to=address_lines(invoice.deliver_to),
        facts=list(_facts(invoice, credited)),
        pay_by="" if invoice.is_credit_note else in_full(invoice.due_on),
        reason=invoice.reason,
        lines=[_line(line, currency) for line in goods],
        sums=list(_sums(invoice, goods)),
        total=("Total credited" if invoice.is_credit_note else "Total", money(invoice.total, currency)),
        bank=[] if invoice.is_credit_note else list(_bank(invoice)),
        company=[line for line in (seller["registration"], *_tax_number(seller["tax_id"])) if line],
    )


def _tax_number(tax_id: str | None) -> list[str]:
    return [f"VAT number {tax_id}"] if tax_id else []


def _facts(invoice: Invoice, credited: str) -> Iterator[Pair]:
    yield "Order", str(invoice.order_number)
    if invoice.po_number:
        yield "Your ref", invoice.po_number
    if credited:
        yield "Credits", credited
    yield "Date", in_full(invoice.issued_on)
    if not invoice.is_credit_note:
        if invoice.supplied_on != invoice.issued_on:
            yield "Supplied", in_full(invoice.supplied_on)
        yield "Terms", "Payment in advance" if invoice.terms == IN_ADVANCE else PAYMENT_TERMS[invoice.terms]


def _line(line: InvoiceLine, currency: str) -> PaperLine:
    return PaperLine(
        name=line.name,
        sku=line.sku,
        unit=line.unit_label,
        quantity=f"{line.quantity:,}",
        price=unit_money(line.unit_price, currency),
        rate=percent(line.tax_rate),
        total=money(line.net, currency),
    )


def _sums(invoice: Invoice, goods: list[InvoiceLine]) -> Iterator[Pair]:
    """Goods and delivery before tax, the tax at each rate, and the penny by which all invoices of an order add up."""
    currency = invoice.currency
    if goods:
        words = f"Goods, {counted(len(goods), 'line', 'lines')}"
        yield words, money(sum((line.net for line in goods), ZERO), currency)
    for line in invoice.lines:
        if line.kind == LineKind.DELIVERY:
            yield f"Delivery, {line.name}", money(line.net, currency)
    for rate, net, tax in taxes_of(invoice.lines):
        yield f"VAT {percent(rate)} on {money(net, currency)}", money(tax, currency)
    if invoice.rounding:
        yield "Rounding", money(invoice.rounding, currency)


def taxes_of(lines: Iterable[InvoiceLine]) -> list[Taxed]:
    """The highest rate first."""
    found: dict[Decimal, tuple[Decimal, Decimal]] = {}
    for line in lines:
        net, tax = found.get(line.tax_rate, (ZERO, ZERO))
        found[line.tax_rate] = net + line.net, tax + line.tax
    return [Taxed(rate, *found[rate]) for rate in sorted(found, reverse=True)]


def _bank(invoice: Invoice) -> Iterator[str]:
    seller = invoice.seller
    if not seller["bank_account"]:
        return
    yield seller["name"]
    if seller["bank_name"]:
        yield seller["bank_name"]
    sort_code = f"Sort code {seller['bank_sort_code']}, account" if seller["bank_sort_code"] else "Account"
    yield f"{sort_code} {seller['bank_account']}"
    yield f"Reference {invoice.number}"
