"""What an order comes to: its lines and its delivery by the money rules, written into its rows."""

from collections.abc import Sequence
from decimal import Decimal

from app.catalogue.totals import ZERO, Line, Tax, Totals, line_net, totals
from app.orders.models import Order, OrderItem, OrderTax


def comes_to(lines: Sequence[Line], delivery: Line) -> Totals:
    """Delivery is the last line, where it costs anything."""
    return totals([*lines, *([delivery] if delivery.net else [])])


def charge(order: Order) -> None:
    """From what its items say now: after placing, amending, or cancelling a part."""
    charged = [item for item in order.items if item.wanted]
    for item in order.items:
        item.line_net = line_net(item.wanted, item.unit_price)
        item.line_tax = ZERO
    if not charged:
        order.delivery_net = ZERO
    order.line_count = len(charged) or order.line_count  # of a cancelled order, as many as it had
    found = comes_to(
        [Line(item.line_net, item.tax_rate) for item in charged],
        Line(order.delivery_net, order.delivery_tax_rate),
    )
    for item, share in zip(charged, found.line_taxes, strict=False):
        item.line_tax = share
    order.subtotal_net = found.net - order.delivery_net
    order.tax_total = found.tax
    _note_taxes(order, found.taxes)


def _note_taxes(order: Order, taxes: Sequence[Tax]) -> None:
    kept = {tax.rate: tax for tax in order.taxes}
    for rate, row in kept.items():
        if rate not in {tax.rate for tax in taxes}:
            order.taxes.remove(row)
    for tax in taxes:
        if tax.rate in kept:
            kept[tax.rate].net, kept[tax.rate].tax = tax.net, tax.tax
        else:
            order.taxes.append(OrderTax(rate=tax.rate, net=tax.net, tax=tax.tax))


def total_of(order: Order) -> Decimal:
    """Before the database has added it up."""
    return order.subtotal_net + order.delivery_net + order.tax_total


def value_of(item: OrderItem, quantity: int) -> Decimal:
    """What so many of a line come to, before tax."""
    return line_net(quantity, item.unit_price)
