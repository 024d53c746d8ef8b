"""What left and disagrees with its invoices: nothing, as long as all is well."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, String, Subquery, case, cast, func, literal, or_, select, union_all

from app.billing.models import DocumentKind, Invoice, InvoiceLine
from app.core.invariants import Finding, findings_of, row_of
from app.fulfilment.models import Shipment
from app.fulfilment.queries.broken import SENT
from app.orders.models import Order, OrderItem

CATCH_UP = "left and has no invoice: run flask billing catch-up, with --paid-before for what is paid already"
LEFT_NET = func.round(OrderItem.quantity_shipped * OrderItem.unit_price, 2)


def what_left_unlike_its_invoices() -> Sequence[Finding]:
    """Shipment by shipment, line by line, and the whole order."""
    return [*_wrong_shipments(), *_wrong_lines(), *_wrong_orders()]


def _wrong_shipments() -> Sequence[Finding]:
    has_left = Shipment.status.in_(SENT)
    wrong = case(
        (has_left & Invoice.id.is_(None), CATCH_UP),
        (~has_left & Invoice.id.is_not(None), literal("has not left, and has an invoice")),
    )
    return findings_of(
        select(row_of("shipment", Shipment.number), wrong)
        .outerjoin(Invoice, Invoice.shipment_id == Shipment.id)
        .where(wrong.is_not(None))
        .order_by(Shipment.id)
    )


def _wrong_lines() -> Sequence[Finding]:
    """Each unit that left is invoiced, once, at the price of its order."""
    lines = _invoiced_lines()
    c = lines.c
    invoiced = func.coalesce(c.quantity, 0)
    times = literal("sent ") + cast(OrderItem.quantity_shipped, String) + literal(" times is invoiced ")
    another_price = or_(c.lowest != OrderItem.unit_price, c.highest != OrderItem.unit_price)
    wrong = case(
        (OrderItem.quantity_shipped != invoiced, times + cast(invoiced, String) + literal(" times")),
        (another_price, literal("is invoiced at another price")),
        (c.rate != OrderItem.tax_rate, literal("is invoiced at another rate of tax")),
    )
    line = literal("line ") + cast(OrderItem.line, String) + literal(" ")
    return findings_of(
        select(row_of("order", Order.number), line + wrong)
        .join(OrderItem, OrderItem.order_id == Order.id)
        .outerjoin(lines, c.item_id == OrderItem.id)
        .where(wrong.is_not(None), ~_waits_for_an_invoice())
        .order_by(OrderItem.id)
    )


def _invoiced_lines() -> Subquery:
    line = InvoiceLine
    return (
        select(
            line.order_item_id.label("item_id"),
            func.sum(line.quantity).label("quantity"),
            func.min(line.unit_price).label("lowest"),
            func.max(line.unit_price).label("highest"),
            func.max(line.tax_rate).label("rate"),
        )
        .where(line.order_item_id.is_not(None), line.credits_line_id.is_(None))
        .group_by(line.order_item_id)
        .subquery()
    )


def _waits_for_an_invoice() -> ColumnElement[bool]:
    """What its shipment says already need not be said of its lines and sums again."""
    waiting = (
        select(Shipment.order_id)
        .outerjoin(Invoice, Invoice.shipment_id == Shipment.id)
        .where(Shipment.status.in_(SENT), Invoice.id.is_(None))
    )
    return Order.id.in_(waiting)


def _wrong_orders() -> Sequence[Finding]:
    due, invoiced = _what_left(), _invoices()
    total = func.coalesce(invoiced.c.total, 0)
    comes_to = func.coalesce(due.c.total, 0)
    wrong = case(
        (Order.invoiced != total, _unlike("notes", Order.invoiced, total)),
        ((comes_to != total) & ~_waits_for_an_invoice(), _unlike("sent goods for", comes_to, total)),
    )
    return findings_of(
        select(row_of("order", Order.number), wrong)
        .outerjoin(due, due.c.order_id == Order.id)
        .outerjoin(invoiced, invoiced.c.order_id == Order.id)
        .where(wrong.is_not(None))
        .order_by(Order.id)
    )


def _unlike(what: str, amount: Any, invoiced: Any) -> ColumnElement[str]:
    return (
        literal(f"{what} ")
        + cast(amount, String)
        + literal(", its invoices come to ")
        + cast(invoiced, String)
    )


def _what_left() -> Subquery:
    """By order, what all that left of it comes to: tax is rounded once for each rate, delivery is a line."""
    has_left = OrderItem.quantity_shipped > 0
    goods = select(OrderItem.order_id, OrderItem.tax_rate.label("rate"), LEFT_NET.label("net")).where(
        has_left
    )
    delivery = select(Order.id, Order.delivery_tax_rate, Order.delivery_net).where(
        Order.delivery_net != 0, Order.id.in_(select(OrderItem.order_id).where(has_left))
    )
    line = union_all(goods, delivery).subquery().c
    net = func.sum(line.net)
    by_rate = (
        select(line.order_id, (net + func.round(net * line.rate, 2)).label("total"))
        .group_by(line.order_id, line.rate)
        .subquery()
        .c
    )
    return (
        select(by_rate.order_id, func.sum(by_rate.total).label("total")).group_by(by_rate.order_id).subquery()
    )


def _invoices() -> Subquery:
    return (
        select(Invoice.order_id, func.sum(Invoice.total).label("total"))
        .where(Invoice.kind == DocumentKind.INVOICE)
        .group_by(Invoice.order_id)
        .subquery()
    )
