"""What an invoice says: made from what leaves, by the money rules, before it has a number."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any

from app.catalogue.totals import ZERO, Line, Totals, line_net, totals

DAYS = {"prepay": 0, "net7": 7, "net14": 14, "net30": 30, "net60": 60}


@dataclass(frozen=True, slots=True)
class Leaving:
    """So many of one line of an order leave now, and so many had left before."""

    order_item_id: int
    product_id: int
    sku: str
    name: str
    unit_label: str
    unit_price: Decimal
    tax_rate: Decimal
    quantity: int
    before: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipped:
    """A shipment with all that its invoice says about its order. `lines` names also those that all left before.

    Delivery is charged with the first that leaves. `is_prepaid` where money may have come in for the order.
    """

    order_id: int
    order_number: int
    shipment_id: int
    shipment_number: str
    customer_id: int
    po_number: str
    terms: str
    is_prepaid: bool
    currency: str
    bill_to: dict[str, Any]
    deliver_to: dict[str, Any]
    delivery_name: str
    delivery_net: Decimal
    delivery_rate: Decimal
    supplied_on: date
    lines: Sequence[Leaving]

    @property
    def is_first(self) -> bool:
        return not any(line.before for line in self.lines)


@dataclass(frozen=True, slots=True)
class Charge:
    """A line of the invoice. Delivery has no line of the order behind it."""

    leaving: Leaving | None
    name: str
    quantity: int
    unit_price: Decimal
    rate: Decimal
    net: Decimal
    tax: Decimal


@dataclass(frozen=True, slots=True)
class Charged:
    """All that an invoice comes to."""

    charges: Sequence[Charge]
    net: Decimal
    tax: Decimal
    rounding: Decimal

    @property
    def total(self) -> Decimal:
        return self.net + self.tax + self.rounding


def charged(shipped: Shipped) -> Charged:
    """By its own lines, and rounded so that all invoices of the order so far come to what left of it so far."""
    leaving = [line for line in shipped.lines if line.quantity]
    has_delivery = shipped.is_first and shipped.delivery_net > 0
    found = _totals(shipped, [line.quantity for line in shipped.lines], with_delivery=has_delivery)
    charges = [
        Charge(line, line.name, line.quantity, line.unit_price, line.tax_rate, net, tax)
        for line, net, tax in zip(
            leaving,
            (line_net(line.quantity, line.unit_price) for line in leaving),
            found.line_taxes,
            strict=False,
        )
    ]
    if has_delivery:
        net, rate = shipped.delivery_net, shipped.delivery_rate
        charges.append(
            Charge(None, shipped.delivery_name or "Delivery", 1, net, rate, net, found.line_taxes[-1])
        )
    due = _up_to_now(shipped) - _up_to_then(shipped)
    return Charged(charges, found.net, found.tax, due - found.total)


def _up_to_now(shipped: Shipped) -> Decimal:
    return _totals(shipped, [line.before + line.quantity for line in shipped.lines], with_delivery=True).total


def _up_to_then(shipped: Shipped) -> Decimal:
    if shipped.is_first:
        return ZERO
    return _totals(shipped, [line.before for line in shipped.lines], with_delivery=True).total


def _totals(shipped: Shipped, quantities: Sequence[int], *, with_delivery: bool) -> Totals:
    lines = [
        Line(line_net(quantity, line.unit_price), line.tax_rate)
        for line, quantity in zip(shipped.lines, quantities, strict=True)
        if quantity
    ]
    if with_delivery and shipped.delivery_net:
        lines.append(Line(shipped.delivery_net, shipped.delivery_rate))
    return totals(lines)


def due_on(issued_on: date, terms: str) -> date:
    """A day of the calendar, however long the hours in between are."""
    return issued_on + timedelta(days=DAYS[terms])


def fingerprint(content: dict[str, Any]) -> str:
    """Of all that a paper says: whoever changes a word of it later is found out."""
    return sha256(json.dumps(content, sort_keys=True, default=str, ensure_ascii=False).encode()).hexdigest()
