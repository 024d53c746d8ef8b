"""Order pads: the named baskets of a person, which nobody else sees."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Select, delete, func, select, update

from app.core.access import Viewer
from app.core.database import db
from app.core.errors import NotFound
from app.orders.models import Basket, BasketItem

UNKNOWN = "We cannot find that order pad."


class Pad(NamedTuple):
    """A line of the list."""

    id: int
    name: str
    lines: int
    updated_at: datetime


def pads_seen_by(viewer: Viewer) -> Select[Basket]:
    """Their own, of the company they buy for."""
    return select(Basket).where(
        Basket.user_id == viewer.user_id,
        Basket.customer_id == viewer.customer_id,
        Basket.name.is_not(None),
    )


def pad_seen_by(viewer: Viewer, pad_id: int, *, locked: bool = False) -> Basket:
    question = pads_seen_by(viewer).where(Basket.id == pad_id)
    if locked:
        question = question.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalars(question).one_or_none()
    if found is None:
        raise NotFound(UNKNOWN)
    return found


def pads_of(viewer: Viewer) -> Sequence[Pad]:
    """By name."""
    lines = select(func.count()).where(BasketItem.basket_id == Basket.id).correlate(Basket).scalar_subquery()
    listed = pads_seen_by(viewer).with_only_columns(Basket.id, Basket.name, lines, Basket.updated_at)
    return [Pad(*row) for row in db.session.execute(listed.order_by(func.lower(Basket.name)))]


def count_of_pads(viewer: Viewer) -> int:
    return db.session.scalar(pads_seen_by(viewer).with_only_columns(func.count())) or 0


def touch(pad_id: int) -> None:
    """Its lines have changed."""
    db.session.execute(update(Basket).where(Basket.id == pad_id).values(updated_at=func.now()))


def remove(pad_id: int) -> None:
    """With its lines."""
    db.session.execute(delete(Basket).where(Basket.id == pad_id))
