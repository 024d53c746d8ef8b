"""What waits in the warehouse: orders to pick, and shipments that somebody has begun."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, Row, Select, Subquery, and_, func, literal, select
from sqlalchemy.orm import selectinload

from app.core.access import Viewer
from app.core.database import db
from app.core.paging import Page, Sort, page_of
from app.fulfilment.models import OPEN, Shipment, ShipmentItem, ShipmentStatus
from app.fulfilment.queries.shipments import all_about_to_go
from app.orders.models import Order, OrderItem
from app.orders.queries.orders import orders_seen_by
from app.orders.states import OrderStatus
from app.stock.models import StockItem

_order = Order.__table__.c
# Something of it is left to plan then: a confirmed order of which nothing is left to send is shipped.
TO_PICK = and_(
    _order.status == OrderStatus.CONFIRMED.value,
    _order.hold_reason.is_(None),
    _order.open_shipment.is_(None),
)
SOME_DAY = literal(date.max, Date)  # for what has no day: it comes last
_due = func.coalesce(Order.promised_on, SOME_DAY)
_company = Order.deliver_to["name"].astext
_town = Order.deliver_to["city"].astext


def orders_to_pick(
    viewer: Viewer, *, until: date | None = None, after: str | None = None, before: str | None = None
) -> Page[Any]:
    """With how much of them is on hand: by delivery day, then by number."""
    free = _free()
    rows = select(
        Order.number,
        Order.promised_on,
        Order.delivery_method,
        Order.shipments_sent,
        _company.label("company"),
        _town.label("town"),
        *(free.c[name] for name in ("lines", "lines_on_hand", "units", "units_on_hand")),
    ).join(free, free.c.order_id == Order.id)
    rows = rows.where(Order.id.in_(_waiting(viewer, until)))
    return page_of(rows, Sort(_due, Order.number), after=after, before=before)


def _waiting(viewer: Viewer, until: date | None) -> Select[*tuple[Any, ...]]:
    waiting = orders_seen_by(viewer).where(TO_PICK)
    if until is not None:
        waiting = waiting.where(_due <= until)
    return waiting.with_only_columns(Order.id)


def _free() -> Subquery:
    """By order: what it still wants, and how much of that stands there and is on nobody's list."""
    planned = all_about_to_go()
    left = OrderItem.quantity - OrderItem.quantity_cancelled - OrderItem.quantity_shipped
    on_hand = func.coalesce(StockItem.on_hand, 0) - func.coalesce(planned.c.quantity, 0)
    there = func.greatest(func.least(left, on_hand), 0)
    question = (
        select(
            OrderItem.order_id,
            func.count().label("lines"),
            func.count().filter(there > 0).label("lines_on_hand"),
            func.sum(left).label("units"),
            func.sum(there).label("units_on_hand"),
        )
        .join(Order, Order.id == OrderItem.order_id)
        .outerjoin(StockItem, StockItem.product_id == OrderItem.product_id)
        .outerjoin(planned, planned.c.product_id == OrderItem.product_id)
        .where(Order.status == OrderStatus.CONFIRMED, left > 0)
    )
    return question.group_by(OrderItem.order_id).subquery("free")


def shipments_begun(
    viewer: Viewer, status: ShipmentStatus, *, after: str | None = None, before: str | None = None
) -> Page[Any]:
    """Being picked, or packed: by delivery day, then in the order in which they were begun."""
    picked = func.coalesce(ShipmentItem.picked, ShipmentItem.planned)
    rows = _begun(viewer, Shipment.status == status).add_columns(
        Order.number.label("order_number"),
        Order.promised_on,
        Order.delivery_method,
        _company.label("company"),
        _town.label("town"),
        _of_items(func.count()).label("lines"),
        _of_items(func.sum(picked)).label("units"),
    )
    return page_of(rows, Sort(_due, Shipment.id), after=after, before=before)


def _of_items(what: ColumnElement[Any]) -> ColumnElement[Any]:
    return select(what).where(ShipmentItem.shipment_id == Shipment.id).correlate(Shipment).scalar_subquery()


def _begun(viewer: Viewer, *conditions: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    theirs = orders_seen_by(viewer).with_only_columns(Order.id)
    rows = select(Shipment.id, Shipment.number, Shipment.picker_name, Shipment.packed_at, Shipment.created_at)
    return rows.join(Order, Order.id == Shipment.order_id).where(Shipment.order_id.in_(theirs), *conditions)


def counts_begun(viewer: Viewer) -> dict[ShipmentStatus, int]:
    rows = db.session.execute(
        select(Shipment.status, func.count())
        .where(
            Shipment.status.in_(OPEN),
            Shipment.order_id.in_(orders_seen_by(viewer).with_only_columns(Order.id)),
        )
        .group_by(Shipment.status)
    )
    found = {ShipmentStatus(status): count for status, count in rows}
    return {status: found.get(status, 0) for status in OPEN}


def orders_locked(viewer: Viewer, numbers: Collection[int]) -> Sequence[Order]:
    """Those of them that are there, with their lines: everybody locks them in this order."""
    question = orders_seen_by(viewer).where(Order.number.in_(numbers)).order_by(Order.id)
    question = question.options(selectinload(Order.items)).execution_options(populate_existing=True)
    return db.session.scalars(question.with_for_update(key_share=True)).all()


def latest_shipments(viewer: Viewer, numbers: Collection[int]) -> Sequence[Row[int, int]]:
    """By order, the one that is open or left last; an order without one is not among them."""
    theirs = orders_seen_by(viewer).where(Order.number.in_(numbers)).with_only_columns(Order.id)
    question = (
        select(Order.number, func.max(Shipment.id).label("shipment_id"))
        .join(Shipment, Shipment.order_id == Order.id)
        .where(Order.id.in_(theirs), Shipment.status != ShipmentStatus.CANCELLED)
    )
    return db.session.execute(question.group_by(Order.number).order_by(Order.number)).all()
