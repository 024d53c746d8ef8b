"""The lines and orders that disagree with their shipments: none, as long as all is well."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import String, Subquery, case, cast, func, literal, select

from app.core.invariants import Finding, findings_of, row_of
from app.fulfilment.models import (
    OPEN,
    Return,
    ReturnItem,
    ReturnStatus,
    Shipment,
    ShipmentItem,
    ShipmentStatus,
)
from app.orders.models import Order, OrderItem
from app.orders.states import OrderStatus

SENT = (ShipmentStatus.SHIPPED, ShipmentStatus.DELIVERED)
CAME_BACK = (ReturnStatus.RECEIVED, ReturnStatus.CLOSED)
DONE = (OrderStatus.SHIPPED, OrderStatus.DELIVERED)


def lines_unlike_their_shipments() -> Sequence[Finding]:
    packed, back = _packed(), _came_back()
    planned, sent = func.coalesce(packed.c.planned, 0), func.coalesce(packed.c.sent, 0)
    returned = func.coalesce(back.c.returned, 0)
    wrong = case(
        (OrderItem.quantity_planned != planned, _says("planned", OrderItem.quantity_planned, planned)),
        (OrderItem.quantity_shipped != sent, _says("sent", OrderItem.quantity_shipped, sent)),
        (OrderItem.quantity_returned != returned, _says("returned", OrderItem.quantity_returned, returned)),
    )
    line = literal("line ") + cast(OrderItem.line, String) + literal(" has ")
    return findings_of(
        select(row_of("order", Order.number), line + wrong)
        .join(Order, Order.id == OrderItem.order_id)
        .outerjoin(packed, packed.c.item_id == OrderItem.id)
        .outerjoin(back, back.c.item_id == OrderItem.id)
        .where(wrong.is_not(None))
        .order_by(OrderItem.id)
    )


def _says(what: str, noted: Any, summed: Any) -> Any:
    return cast(noted, String) + literal(f" {what}, its shipments say ") + cast(summed, String)


def _packed() -> Subquery:
    taken = func.coalesce(ShipmentItem.picked, ShipmentItem.planned)
    return (
        select(
            ShipmentItem.order_item_id.label("item_id"),
            func.sum(taken).filter(Shipment.status.in_(OPEN)).label("planned"),
            func.sum(taken).filter(Shipment.status.in_(SENT)).label("sent"),
        )
        .join(Shipment, Shipment.id == ShipmentItem.shipment_id)
        .group_by(ShipmentItem.order_item_id)
        .subquery()
    )


def _came_back() -> Subquery:
    return (
        select(ReturnItem.order_item_id.label("item_id"), func.sum(ReturnItem.received).label("returned"))
        .join(Return, Return.id == ReturnItem.return_id)
        .where(Return.status.in_(CAME_BACK))
        .group_by(ReturnItem.order_item_id)
        .subquery()
    )


def orders_unlike_their_shipments() -> Sequence[Finding]:
    packed = _shipments_of_orders()
    held = func.sum(OrderItem.quantity - OrderItem.quantity_cancelled - OrderItem.quantity_shipped)
    left = select(OrderItem.order_id, held.label("held")).group_by(OrderItem.order_id).subquery()
    is_sent, is_done = Order.shipments_sent > 0, Order.status.in_(DONE)
    wrong = case(
        (Order.open_shipment.is_distinct_from(packed.c.open), "does not know which shipment is open"),
        (Order.shipments_sent != func.coalesce(packed.c.sent, 0), "does not know how many shipments left"),
        (is_done & (left.c.held > 0), "is said to be sent, and something is left to send"),
        (is_sent & ~is_done & (left.c.held == 0), "is waiting, and nothing is left to send"),
        (
            (Order.status == OrderStatus.DELIVERED) & packed.c.on_its_way,
            "is delivered, a part still on its way",
        ),
    )
    return findings_of(
        select(row_of("order", Order.number), wrong)
        .outerjoin(packed, packed.c.order_id == Order.id)
        .join(left, left.c.order_id == Order.id)
        .where(wrong.is_not(None))
        .order_by(Order.id)
    )


def _shipments_of_orders() -> Subquery:
    return (
        select(
            Shipment.order_id,
            func.max(Shipment.status).filter(Shipment.status.in_(OPEN)).label("open"),
            func.count().filter(Shipment.status.in_(SENT)).label("sent"),
            func.bool_or(Shipment.status == ShipmentStatus.SHIPPED).label("on_its_way"),
        )
        .group_by(Shipment.order_id)
        .subquery()
    )
