"""Shipments, reached through the orders that the viewer may see."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import selectinload

from app.core.access import Viewer
from app.core.database import db
from app.core.errors import NotFound
from app.fulfilment.models import Shipment, ShipmentItem, ShipmentStatus
from app.orders.models import Order, OrderItem
from app.orders.queries.orders import orders_seen_by

UNKNOWN = "We cannot find that shipment."


def shipments_seen_by(viewer: Viewer) -> Select[Shipment]:
    theirs = orders_seen_by(viewer).with_only_columns(Order.id)
    shipments = select(Shipment).options(selectinload(Shipment.items))
    return shipments if viewer.is_staff else shipments.where(Shipment.order_id.in_(theirs))


def shipment_seen_by(viewer: Viewer, shipment_id: int, *, locked: bool = False) -> Shipment:
    question = shipments_seen_by(viewer).where(Shipment.id == shipment_id)
    if locked:
        question = question.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalars(question).one_or_none()
    if found is None:
        raise NotFound(UNKNOWN)
    return found


def shipments_of(order_id: int) -> Sequence[Shipment]:
    """The first one first."""
    question = select(Shipment).options(selectinload(Shipment.items)).where(Shipment.order_id == order_id)
    return db.session.scalars(question.order_by(Shipment.place)).all()


def shipments_in_short(order_id: int) -> Sequence[Shipment]:
    """The same, without what is in them."""
    return db.session.scalars(
        select(Shipment).where(Shipment.order_id == order_id).order_by(Shipment.place)
    ).all()


def heads_of(viewer: Viewer, shipment_ids: Collection[int]) -> Sequence[Row[*tuple[Any, ...]]]:
    """What stands over a list of them: number, customer, day. What was put back is not among them."""
    theirs = orders_seen_by(viewer).with_only_columns(Order.id)
    question = (
        select(
            Shipment.id,
            Shipment.number,
            Shipment.status,
            Order.deliver_to["name"].astext.label("company"),
            Order.promised_on,
        )
        .join(Order, Order.id == Shipment.order_id)
        .where(
            Shipment.id.in_(shipment_ids),
            Shipment.order_id.in_(theirs),
            Shipment.status != ShipmentStatus.CANCELLED,
        )
    )
    return db.session.execute(question.order_by(Shipment.id)).all()


def number_of_order(shipment_id: int) -> int:
    """An order is locked before its shipments."""
    question = select(Order.number).join(Shipment, Shipment.order_id == Order.id)
    found = db.session.scalar(question.where(Shipment.id == shipment_id))
    if found is None:
        raise NotFound(UNKNOWN)
    return found


def last_place(order_id: int) -> int:
    return db.session.scalar(select(func.max(Shipment.place)).where(Shipment.order_id == order_id)) or 0


def planned_elsewhere(product_ids: Collection[int]) -> dict[int, int]:
    """What open shipments are about to take from the shelf, by product."""
    rows = db.session.execute(
        select(OrderItem.product_id, func.sum(func.coalesce(ShipmentItem.picked, ShipmentItem.planned)))
        .join(ShipmentItem, ShipmentItem.order_item_id == OrderItem.id)
        .join(Shipment, Shipment.id == ShipmentItem.shipment_id)
        .where(
            Shipment.status.in_((ShipmentStatus.PICKING, ShipmentStatus.PACKED)),
            OrderItem.product_id.in_(product_ids),
        )
        .group_by(OrderItem.product_id)
    )
    return {product_id: int(planned) for product_id, planned in rows}
