"""The orders that disagree with their stock, with their sums or with their history: none, as long as all is well."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    Numeric,
    String,
    Subquery,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)

from app.catalogue.models import Product
from app.core.audit import AuditEvent
from app.core.invariants import Finding, findings_of, row_of
from app.core.money import SMALLEST
from app.orders.models import Order, OrderItem, OrderTax
from app.orders.states import HOLDS_STOCK, OrderStatus
from app.stock.models import StockItem

HELD = OrderItem.quantity - OrderItem.quantity_cancelled - OrderItem.quantity_shipped
WANTED = OrderItem.quantity - OrderItem.quantity_cancelled
PENNIES = Numeric(12, 2)

STEPS = ("placed", "confirmed", "shipped", "delivered", "cancelled")
CHANGES = ("order.amended", "order.remainder_cancelled")
LEGAL_WALKS = (
    (OrderStatus.PENDING, "placed"),
    (OrderStatus.CONFIRMED, "placed, confirmed"),
    (OrderStatus.SHIPPED, "placed, confirmed, shipped"),
    (OrderStatus.DELIVERED, "placed, confirmed, shipped, delivered"),
    (OrderStatus.CANCELLED, "placed, cancelled"),
    (OrderStatus.CANCELLED, "placed, confirmed, cancelled"),
)


def shelves_unlike_their_orders() -> Sequence[Finding]:
    """More or less is reserved of a product than open orders hold."""
    held = (
        select(OrderItem.product_id, func.sum(HELD).label("total"))
        .join(Order, Order.id == OrderItem.order_id)
        .where(Order.status.in_(HOLDS_STOCK))
        .group_by(OrderItem.product_id)
        .subquery()
    )
    reserved, total = func.coalesce(StockItem.reserved, 0), func.coalesce(held.c.total, 0)
    says = literal(" has ") + cast(reserved, String) + literal(" reserved, open orders hold ")
    return findings_of(
        select(row_of("product", Product.id), Product.sku + says + cast(total, String))
        .outerjoin(StockItem, StockItem.product_id == Product.id)
        .outerjoin(held, held.c.product_id == Product.id)
        .where(reserved != total)
        .order_by(Product.id)
    )


def orders_unlike_their_sums() -> Sequence[Finding]:
    """Line by line, rate by rate, and the whole."""
    return [*_wrong_lines(), *_wrong_taxes(), *_wrong_orders()]


def _wrong_lines() -> Sequence[Finding]:
    net = func.round(WANTED * OrderItem.unit_price, 2)
    share = case((WANTED > 0, OrderItem.line_net * OrderItem.tax_rate), else_=0)
    wrong = case(
        (OrderItem.line_net != net, literal("is not what so many at this price come to")),
        (func.abs(OrderItem.line_tax - share) >= SMALLEST, literal("carries more or less than its tax")),
    )
    return _named(select(OrderItem.order_id, _line(), wrong).where(wrong.is_not(None)))


def _line() -> Any:
    return literal("line ") + cast(OrderItem.line, String)


def _wrong_taxes() -> Sequence[Finding]:
    """What is charged at each rate, delivery included, beside what the order notes of it."""
    parts = _charged_and_noted()
    net, noted = func.sum(parts.c.net), func.sum(parts.c.noted_net)
    tax, shares = func.sum(parts.c.noted_tax), func.sum(parts.c.line_tax)
    of_delivery = func.sum(parts.c.delivery) * parts.c.rate
    wrong = case(
        (func.bool_or(parts.c.noted_net.is_not(None)).is_not(True), literal("is not noted")),
        (func.coalesce(net, -1) != noted, literal("is noted for another net")),
        (func.round(net * parts.c.rate, 2) != tax, literal("is not the rate of its net")),
        (
            func.abs(tax - shares - of_delivery) >= case((of_delivery > 0, SMALLEST), else_=Decimal("0.001")),
            literal("is not what its lines carry"),
        ),
    )
    rate = literal("tax at ") + cast(parts.c.rate, String)
    by_rate = select(parts.c.order_id, rate.label("part"), wrong.label("what")).group_by(
        parts.c.order_id, parts.c.rate
    )
    return _named(by_rate.having(wrong.is_not(None)))


def _charged_and_noted() -> Subquery:
    """Every line that is wanted, every delivery that costs something, and every row of tax."""
    nothing, of_others = literal(0, PENNIES), cast(null(), PENNIES)
    lines = select(
        OrderItem.order_id,
        OrderItem.tax_rate.label("rate"),
        OrderItem.line_net.label("net"),
        OrderItem.line_tax.label("line_tax"),
        nothing.label("delivery"),
        of_others.label("noted_net"),
        of_others.label("noted_tax"),
    ).where(WANTED > 0)
    delivery = Order.delivery_net
    deliveries = select(Order.id, Order.delivery_tax_rate, delivery, nothing, delivery, of_others, of_others)
    noted = select(OrderTax.order_id, OrderTax.rate, of_others, nothing, nothing, OrderTax.net, OrderTax.tax)
    return union_all(lines, deliveries.where(delivery != 0), noted).subquery()


def _wrong_orders() -> Sequence[Finding]:
    lines = (
        select(OrderItem.order_id, func.sum(OrderItem.line_net).label("net")).group_by(OrderItem.order_id)
    ).subquery()
    taxes = (
        select(OrderTax.order_id, func.sum(OrderTax.tax).label("tax")).group_by(OrderTax.order_id)
    ).subquery()
    wrong = case(
        (Order.subtotal_net != func.coalesce(lines.c.net, 0), literal("is not what its lines come to")),
        (Order.tax_total != func.coalesce(taxes.c.tax, 0), literal("is not what its taxes come to")),
    )
    part = case((Order.subtotal_net != func.coalesce(lines.c.net, 0), literal("subtotal")), else_="tax total")
    return _named(
        select(Order.id.label("order_id"), part, wrong)
        .outerjoin(lines, lines.c.order_id == Order.id)
        .outerjoin(taxes, taxes.c.order_id == Order.id)
        .where(wrong.is_not(None))
    )


def _named(question: Any) -> Sequence[Finding]:
    """The order's number, which part of it, and what is wrong with that."""
    found = question.subquery()
    order_id, part, what = found.c
    return findings_of(
        select(row_of("order", Order.number), part + literal(" ") + what)
        .join(Order, Order.id == order_id)
        .order_by(Order.id)
    )


def orders_unlike_their_history() -> Sequence[Finding]:
    """Where an order stands is where its history led it, step by step."""
    walk = _walks()
    says = func.coalesce(walk.c.steps, "")
    legal = or_(*(and_(Order.status == status, says == steps) for status, steps in LEGAL_WALKS))
    words = literal("is ") + Order.status + literal(", its history says: ")
    return findings_of(
        select(row_of("order", Order.number), words + case((says == "", "nothing"), else_=says))
        .outerjoin(walk, walk.c.order_id == Order.id)
        .where(~legal)
        .order_by(Order.id)
    )


def _walks() -> Subquery:
    """The steps that each order's history tells of. A change can be the end, when nothing is left to send."""
    event = AuditEvent.action
    was_the_end = AuditEvent.diff["status"][1].as_string() == OrderStatus.SHIPPED
    happened = {step: event == f"order.{step}" for step in STEPS}
    happened["shipped"] |= event.in_(CHANGES) & was_the_end
    steps = (case((func.bool_or(said), step)) for step, said in happened.items())
    return (
        select(AuditEvent.entity_id.label("order_id"), func.concat_ws(", ", *steps).label("steps"))
        .where(AuditEvent.entity == Order.__tablename__)
        .group_by(AuditEvent.entity_id)
        .subquery()
    )
