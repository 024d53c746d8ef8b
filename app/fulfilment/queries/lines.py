"""What is in shipments and returns, line by line, with the shelf where each product stands today."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Row, select

from app.catalogue.models import Product
from app.core.access import Viewer
from app.core.database import db
from app.fulfilment.models import ReturnItem, Shipment, ShipmentItem
from app.orders.models import Order, OrderItem
from app.orders.queries.orders import orders_seen_by

_PRODUCT = (
    OrderItem.line,
    OrderItem.sku,
    OrderItem.name,
    OrderItem.unit_label,
    OrderItem.product_id,
    Product.shelf,
)


def lines_of_shipments(viewer: Viewer, shipment_ids: Collection[int]) -> Sequence[Row[*tuple[Any, ...]]]:
    """The first shipment first, and its lines in the order of the order."""
    theirs = orders_seen_by(viewer).with_only_columns(Order.id)
    question = (
        select(
            *_PRODUCT,
            Shipment.id.label("shipment_id"),
            Shipment.number.label("shipment"),
            OrderItem.quantity,
            ShipmentItem.planned,
            ShipmentItem.picked,
        )
        .join(Shipment, Shipment.id == ShipmentItem.shipment_id)
        .join(OrderItem, OrderItem.id == ShipmentItem.order_item_id)
        .join(Product, Product.id == OrderItem.product_id)
        .where(Shipment.id.in_(shipment_ids), Shipment.order_id.in_(theirs))
    )
    return db.session.execute(question.order_by(Shipment.id, OrderItem.line)).all()


def lines_of_return(return_id: int) -> Sequence[Row[*tuple[Any, ...]]]:
    question = (
        select(*_PRODUCT, ReturnItem.quantity, ReturnItem.received, ReturnItem.restocked)
        .join(OrderItem, OrderItem.id == ReturnItem.order_item_id)
        .join(Product, Product.id == OrderItem.product_id)
        .where(ReturnItem.return_id == return_id)
    )
    return db.session.execute(question.order_by(OrderItem.line)).all()
