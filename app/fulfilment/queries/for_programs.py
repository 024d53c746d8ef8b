"""Shipments and returns as programs see them."""

from typing import Any

from sqlalchemy import select

from app.core.access import Viewer
from app.core.database import db
from app.fulfilment.models import Return, ReturnItem, Shipment, ShipmentItem
from app.orders.models import Order, OrderItem
from app.orders.queries.orders import orders_seen_by

LINE = OrderItem.line, OrderItem.sku, OrderItem.name


def shipment_told_to(viewer: Viewer, shipment_id: int) -> dict[str, Any]:
    lines = select(*LINE, ShipmentItem.planned, ShipmentItem.picked).join(
        ShipmentItem, ShipmentItem.order_item_id == OrderItem.id
    )
    items = db.session.execute(lines.where(ShipmentItem.shipment_id == shipment_id).order_by(OrderItem.line))
    told = _told(viewer, Shipment, shipment_id)
    return told | {"picker": told["picker_name"], "items": items.all()}


def return_told_to(viewer: Viewer, return_id: int) -> dict[str, Any]:
    lines = select(*LINE, ReturnItem.quantity).join(ReturnItem, ReturnItem.order_item_id == OrderItem.id)
    items = db.session.execute(lines.where(ReturnItem.return_id == return_id).order_by(OrderItem.line))
    return _told(viewer, Return, return_id) | {"items": items.all()}


def _told(viewer: Viewer, kind: type[Shipment] | type[Return], row_id: int) -> dict[str, Any]:
    """Whoever is told has just moved it, so it is there."""
    row = orders_seen_by(viewer).join(kind, kind.order_id == Order.id).where(kind.id == row_id)
    columns = row.with_only_columns(*kind.__table__.columns, Order.number.label("order"))
    return dict(db.session.execute(columns).one()._mapping)  # noqa: SLF001 - SQLAlchemy's documented name
