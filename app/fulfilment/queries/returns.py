"""Returns, reached through the orders that the viewer may see."""

from collections.abc import Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import selectinload

from app.core.access import Viewer
from app.core.database import db
from app.core.errors import NotFound
from app.fulfilment.models import Return, ReturnItem, ReturnStatus
from app.orders.models import Order
from app.orders.queries.orders import orders_seen_by

UNKNOWN = "We cannot find that return."
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


def returns_of(order_id: int) -> Sequence[Return]:
    """The first one first."""
    question = select(Return).options(selectinload(Return.items)).where(Return.order_id == order_id)
    return db.session.scalars(question.order_by(Return.place)).all()


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
