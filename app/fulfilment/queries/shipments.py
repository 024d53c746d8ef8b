"""Shipments, reached through the orders that the viewer may see."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Row, ScalarSelect, Select, Subquery, func, select
from sqlalchemy.orm import InstrumentedAttribute, selectinload

from app.billing.models import Invoice
from app.core.access import Viewer
from app.core.database import db
from app.core.errors import NotFound
from app.fulfilment.models import OPEN, Shipment, ShipmentItem, ShipmentStatus
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


def shipments_with_orders(viewer: Viewer, shipment_ids: Collection[int]) -> Sequence[Row[Shipment, Order]]:
    """Each shipment beside its order, whose lines come along."""
    question = _beside_orders(viewer).where(Shipment.id.in_(shipment_ids))
    return db.session.execute(question.options(selectinload(Order.items))).all()


def shipment_with_order(viewer: Viewer, shipment_id: int) -> Row[Shipment, Order, str | None]:
    """One of them, without the lines, and the number of its invoice once it has left."""
    invoice = select(Invoice.number).where(Invoice.shipment_id == Shipment.id).scalar_subquery()
    rows = _beside_orders(viewer).where(Shipment.id == shipment_id).add_columns(invoice)
    found = db.session.execute(rows).one_or_none()
    if found is None:
        raise NotFound(UNKNOWN)
    return found


def _beside_orders(viewer: Viewer) -> Select[Shipment, Order]:
    rows = orders_seen_by(viewer).join(Shipment, Shipment.order_id == Order.id)
    return rows.with_only_columns(Shipment, Order)


def shipments_locked(order_id: int) -> Sequence[Shipment]:
    """All of an order that is locked already; without what is in them."""
    question = select(Shipment).where(Shipment.order_id == order_id).order_by(Shipment.place)
    return db.session.scalars(question.with_for_update(), execution_options={"populate_existing": True}).all()


def shipments_in_short(order_id: int) -> Sequence[Shipment]:
    """The first one first, without what is in them."""
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


def last_places(order_ids: Collection[int]) -> dict[int, int]:
    """By order; one without a shipment is not among them."""
    places = select(Shipment.order_id, func.max(Shipment.place)).where(Shipment.order_id.in_(order_ids))
    return dict(db.session.execute(places.group_by(Shipment.order_id)).all())


_about_to_go = (
    select(func.coalesce(func.sum(func.coalesce(ShipmentItem.picked, ShipmentItem.planned)), 0))
    .join(Shipment, Shipment.id == ShipmentItem.shipment_id)
    .join(OrderItem, OrderItem.id == ShipmentItem.order_item_id)
    .where(Shipment.status.in_(OPEN))
)


def about_to_go(product_id: InstrumentedAttribute[int]) -> ScalarSelect[int]:
    """What open shipments are about to take of one product from its shelf."""
    return _about_to_go.where(OrderItem.product_id == product_id).scalar_subquery()


def all_about_to_go() -> Subquery:
    """The same of every product, where it is any: `product_id` and `quantity`."""
    by_product = _about_to_go.with_only_columns(
        OrderItem.product_id, _about_to_go.selected_columns[0].label("quantity")
    )
    return by_product.group_by(OrderItem.product_id).subquery("about_to_go")


def planned_elsewhere(product_ids: Collection[int]) -> dict[int, int]:
    """The same of these products."""
    planned = all_about_to_go().c
    rows = db.session.execute(
        select(planned.product_id, planned.quantity).where(planned.product_id.in_(product_ids))
    )
    return {product_id: int(quantity) for product_id, quantity in rows}
