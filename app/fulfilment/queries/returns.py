"""Returns, reached through the orders that the viewer may see."""

from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import selectinload

from app.core.access import Viewer
from app.core.database import db
from app.core.errors import NotFound
from app.core.paging import Page, Sort, page_of
from app.core.streaming import EveryRow
from app.fulfilment.models import Return, ReturnItem, ReturnStatus
from app.orders.models import Order
from app.orders.queries.orders import orders_seen_by

UNKNOWN = "We cannot find that return."
NEWEST_FIRST = Sort(Return.created_at, Return.id, descending=True)
LISTED = (
    "id",
    "number",
    "status",
    "reason",
    "decision",
    "requested_by_name",
    "created_at",
    "decided_at",
    "received_at",
    "closed_at",
)
UNDER_WAY = (ReturnStatus.REQUESTED, ReturnStatus.APPROVED)


def returns_seen_by(viewer: Viewer) -> Select[Return]:
    theirs = orders_seen_by(viewer).with_only_columns(Order.id)
    returns = select(Return).options(selectinload(Return.items))
    return returns if viewer.is_staff else returns.where(Return.order_id.in_(theirs))


def return_seen_by(viewer: Viewer, return_id: int, *, locked: bool = False) -> Return:
    question = returns_seen_by(viewer).where(Return.id == return_id)
    if locked:
        question = question.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalars(question).one_or_none()
    if found is None:
        raise NotFound(UNKNOWN)
    return found


def _listed(viewer: Viewer, q: str, status: str) -> Select[*tuple[Any, ...]]:
    """Found by the number of the order or of the return, or by a part of the customer's name."""
    company = Order.deliver_to["name"].astext
    rows = (
        returns_seen_by(viewer)
        .join(Order, Order.id == Return.order_id)
        .with_only_columns(
            *(getattr(Return, name) for name in LISTED),
            Order.number.label("order_number"),
            company.label("company"),
        )
    )
    if status:
        rows = rows.where(Return.status == status)
    if q:
        named = company.icontains(q, autoescape=True)
        rows = rows.where(or_(Return.number.istartswith(q, autoescape=True), named))
    return rows


def returns_listed(
    viewer: Viewer, *, q: str, status: str, after: str | None = None, before: str | None = None
) -> Page[Any]:
    return page_of(_listed(viewer, q, status), NEWEST_FIRST, after=after, before=before)


def every_return(viewer: Viewer, *, q: str, status: str) -> EveryRow:
    return EveryRow(_listed(viewer, q, status), NEWEST_FIRST)


def return_called(number: str) -> Return:
    """By the order's number, a stroke, R and its place."""
    return db.session.scalars(select(Return).where(Return.number == number)).one()


def number_of_order(return_id: int) -> int:
    found = db.session.scalar(
        select(Order.number).join(Return, Return.order_id == Order.id).where(Return.id == return_id)
    )
    if found is None:
        raise NotFound(UNKNOWN)
    return found


def last_place(order_id: int) -> int:
    return db.session.scalar(select(func.max(Return.place)).where(Return.order_id == order_id)) or 0


def on_the_way_back(order_id: int) -> dict[int, int]:
    """Asked for and not received yet, by the line of the order."""
    rows = db.session.execute(
        select(ReturnItem.order_item_id, func.sum(ReturnItem.quantity))
        .join(Return, Return.id == ReturnItem.return_id)
        .where(Return.order_id == order_id, Return.status.in_(UNDER_WAY))
        .group_by(ReturnItem.order_item_id)
    )
    return {item_id: int(quantity) for item_id, quantity in rows}
