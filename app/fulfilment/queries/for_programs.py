"""Shipments and returns as programs see them."""

from typing import Any

from sqlalchemy import select

from app.core.access import Viewer
from app.core.database import db
from app.fulfilment.models import Return, ReturnItem, Shipment, ShipmentItem
from app.fulfilment.queries.returns import return_seen_by
from app.fulfilment.queries.shipments import shipment_seen_by
from app.orders.models import Order, OrderItem

LINE = OrderItem.line, OrderItem.sku, OrderItem.name


def shipment_told_to(viewer: Viewer, shipment_id: int) -> dict[str, Any]:
    shipment = shipment_seen_by(viewer, shipment_id)
    lines = select(*LINE, ShipmentItem.planned, ShipmentItem.picked).join(
        ShipmentItem, ShipmentItem.order_item_id == OrderItem.id
    )
    items = db.session.execute(lines.where(ShipmentItem.shipment_id == shipment.id).order_by(OrderItem.line))
    return _told(shipment) | {"picker": shipment.picker_name, "items": items.all()}


def return_told_to(viewer: Viewer, return_id: int) -> dict[str, Any]:
    asked = return_seen_by(viewer, return_id)
    lines = select(*LINE, ReturnItem.quantity).join(ReturnItem, ReturnItem.order_item_id == OrderItem.id)
    items = db.session.execute(lines.where(ReturnItem.return_id == asked.id).order_by(OrderItem.line))
    return _told(asked) | {"items": items.all()}


def _told(row: Shipment | Return) -> dict[str, Any]:
    number = db.session.scalar(select(Order.number).where(Order.id == row.order_id))
    columns = {column.key: getattr(row, column.key) for column in row.__table__.columns}
    return columns | {"order": number}
