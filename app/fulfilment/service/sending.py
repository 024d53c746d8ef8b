"""A shipment leaves, and arrives."""

from collections.abc import Iterable
from datetime import datetime

from app.core import audit, outbox
from app.core.access import Viewer
from app.core.business import business
from app.core.clock import business_day
from app.core.errors import Conflict, NotAllowed
from app.core.transaction import use_case
from app.fulfilment.mailed import MailedShipment
from app.fulfilment.models import Shipment, ShipmentStatus
from app.fulfilment.queries import shipments
from app.fulfilment.service import invoicing
from app.fulfilment.service.packing import lines_of, to_work_on
from app.orders.models import Order
from app.orders.moves import DELIVER
from app.orders.queries.orders import order_locked
from app.orders.service.moving import Freed, end_if_all_is_sent, to_move
from app.orders.states import OrderStatus
from app.stock import service as stock


@use_case
def ship(shipment_id: int, *, carrier: str = "", tracking: str = "", by: Viewer, at: datetime) -> Shipment:
    """It leaves the stock; with the last of it, the order is shipped."""
    order, shipment = to_work_on(shipment_id, "ship", by)
    lines = [(item, quantity) for item, _, quantity in lines_of(order, shipment) if quantity]
    left = [Freed(item.product_id, quantity) for item, quantity in lines]
    stock.ship(
        left, ref=shipment.number, by=by
    )  # first: what is not there is refused before a word is written
    before = {item.id: item.quantity_shipped for item in order.items}
    for item, quantity in lines:
        item.quantity_planned -= quantity
        item.quantity_shipped += quantity
    shipment.status, shipment.shipped_at = ShipmentStatus.SHIPPED, at
    shipment.carrier, shipment.tracking = carrier, tracking
    order.open_shipment, order.shipments_sent = None, order.shipments_sent + 1
    end_if_all_is_sent(order, at)
    action = "order.shipped" if order.status == OrderStatus.SHIPPED else "order.part_shipped"
    order.mark_edited(by.user_id)
    audit.record(action, order, by=by, diff={"shipment": [None, shipment.number]})
    outbox.promise(
        "fulfilment.mail_shipped",
        dedupe_key=f"shipment:{shipment.id}:shipped",
        user_id=order.buyer_id,
        about=f"order:{order.id}",
        order_id=order.id,
        shipment_id=shipment.id,
        told=MailedShipment.of(order, shipment).model_dump(mode="json"),
    )
    invoicing.invoice(order, shipment, before=before, by=by, on=business_day(at, business().time_zone))
    return shipment


@use_case
def deliver(shipment_id: int, *, by: Viewer, at: datetime) -> Shipment:
    """One of them arrived; with the last, the order is delivered."""
    order = order_locked(by, shipments.number_of_order(shipment_id))
    if not DELIVER.may(by):
        raise NotAllowed("You may not say that it arrived. Ask somebody who can.")
    parts = shipments.shipments_locked(order.id)
    [shipment] = [one for one in parts if one.id == shipment_id]
    if shipment.status != ShipmentStatus.SHIPPED:
        raise Conflict(f"Shipment {shipment.number} is {shipment.status} by now.", code="illegal_transition")
    _arrived(order, shipment, parts, by=by, at=at)
    return shipment


@use_case
def deliver_all(number: int, *, by: Viewer, at: datetime, version: int | None = None) -> Order:
    """The buyer has it all, or we know that they have."""
    order = to_move(number, "deliver", by=by, version=version)
    parts = shipments.shipments_locked(order.id)
    for shipment in parts:
        if shipment.status == ShipmentStatus.SHIPPED:
            _arrived(order, shipment, parts, by=by, at=at)
    if order.status == OrderStatus.SHIPPED:  # all had arrived before the rest was cancelled
        order.deliver(at)
        order.mark_edited(by.user_id)
        audit.record("order.delivered", order, by=by)
    return order


def _arrived(
    order: Order, shipment: Shipment, parts: Iterable[Shipment], *, by: Viewer, at: datetime
) -> None:
    shipment.status, shipment.delivered_at = ShipmentStatus.DELIVERED, at
    is_last = order.status == OrderStatus.SHIPPED and not any(
        one.status == ShipmentStatus.SHIPPED for one in parts
    )
    if is_last:
        order.deliver(at)
    order.mark_edited(by.user_id)
    action = "order.delivered" if is_last else "order.part_delivered"
    audit.record(action, order, by=by, diff={"shipment": [None, shipment.number]})
