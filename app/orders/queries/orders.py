"""Orders, reached through the viewer."""

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from app.core.access import Viewer
from app.core.database import db
from app.core.errors import NotFound
from app.orders.models import Order

UNKNOWN = "We cannot find that order."


def orders_seen_by(viewer: Viewer) -> Select[Order]:
    """Staff see every order, buyers those of their own company: every other question starts here."""
    orders = select(Order)
    return orders if viewer.is_staff else orders.where(Order.customer_id == viewer.customer_id)


def order_seen_by(viewer: Viewer, number: int) -> Order:
    """With its items and taxes."""
    return _the_one(_with_lines(orders_seen_by(viewer).where(Order.number == number)))


def order_with_id(viewer: Viewer, order_id: int) -> Order:
    """The same, by the number of its row."""
    return _the_one(_with_lines(orders_seen_by(viewer).where(Order.id == order_id)))


def order_locked(viewer: Viewer, number: int) -> Order:
    """The same, and nobody else moves it before we commit."""
    question = orders_seen_by(viewer).where(Order.number == number).with_for_update(key_share=True)
    return _the_one(_with_lines(question).execution_options(populate_existing=True))


def customer_of(viewer: Viewer, number: int) -> int:
    """Whose order it is: customers are locked before their orders."""
    whose = orders_seen_by(viewer).where(Order.number == number).with_only_columns(Order.customer_id)
    found: int | None = db.session.scalar(whose)
    if found is None:
        raise NotFound(UNKNOWN)
    return found


def placed_as(customer_id: int, submission_key: str) -> Order | None:
    """What the same sending has made already."""
    question = select(Order).where(Order.customer_id == customer_id, Order.submission_key == submission_key)
    return db.session.scalars(_with_lines(question)).one_or_none()


def order_with_reference(customer_id: int, po_key: str) -> int | None:
    """The number of the order that has used a reference."""
    return db.session.scalar(
        select(Order.number).where(Order.customer_id == customer_id, Order.po_key == po_key)
    )


def _with_lines(question: Select[Order]) -> Select[Order]:
    return question.options(selectinload(Order.items), selectinload(Order.taxes))


def _the_one(question: Select[Order]) -> Order:
    found = db.session.scalars(question).one_or_none()
    if found is None:
        raise NotFound(UNKNOWN)
    return found
