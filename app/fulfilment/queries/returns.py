"""Returns, reached through the orders that the viewer may see."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ARRAY, Row, Select, String, any_, func, literal, or_, select
from sqlalchemy.orm import selectinload

from app.core.access import Viewer
from app.core.database import db
from app.core.errors import NotFound
from app.core.paging import Page, Sort, page_of
from app.core.streaming import EveryRow
from app.fulfilment.models import Return, ReturnItem, ReturnStatus
from app.orders.models import Order, OrderItem
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


def return_with_order(viewer: Viewer, return_id: int) -> Row[Return, Order]:
    """The same beside its order, without the lines of either."""
    rows = orders_seen_by(viewer).join(Return, Return.order_id == Order.id).where(Return.id == return_id)
    found = db.session.execute(rows.with_only_columns(Return, Order)).one_or_none()
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


def returns_in_short(order_id: int) -> Sequence[Return]:
    """The first one first, without what is in them."""
    return db.session.scalars(select(Return).where(Return.order_id == order_id).order_by(Return.place)).all()


def number_of_order(return_id: int) -> int:
    found = db.session.scalar(
        select(Order.number).join(Return, Return.order_id == Order.id).where(Return.id == return_id)
    )
    if found is None:
        raise NotFound(UNKNOWN)
    return found


def last_place(order_id: int) -> int:
    return db.session.scalar(select(func.max(Return.place)).where(Return.order_id == order_id)) or 0


_item = OrderItem.__table__.c
_on_the_way_back = (
    select(func.coalesce(func.sum(ReturnItem.quantity), 0))
    .join(Return, Return.id == ReturnItem.return_id)
    .where(
        ReturnItem.order_item_id == _item.id, Return.status == any_(literal(list(UNDER_WAY), ARRAY(String)))
    )
    .scalar_subquery()
)
# Of a line of an order: what was sent, did not come back, and is not on its way back.
can_come_back = (_item.quantity_shipped - _item.quantity_returned - _on_the_way_back).label("can_come_back")


def what_can_come_back(order_id: int) -> dict[int, int]:
    """By line."""
    rows = db.session.execute(select(_item.line, can_come_back).where(_item.order_id == order_id))
    return {line: int(most) for line, most in rows}
