"""Ways of delivery, and the days without any."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.catalogue.models import ClosedDay, DeliveryMethod
from app.core.database import db
from app.core.errors import NotFound


def delivery_methods() -> Sequence[DeliveryMethod]:
    return db.session.scalars(
        select(DeliveryMethod)
        .options(joinedload(DeliveryMethod.tax_class))
        .where(DeliveryMethod.deleted_at.is_(None))
        .order_by(DeliveryMethod.position, func.lower(DeliveryMethod.name))
    ).all()


def delivery_method(method_id: int, *, locked: bool = False) -> DeliveryMethod:
    question = select(DeliveryMethod).where(
        DeliveryMethod.id == method_id, DeliveryMethod.deleted_at.is_(None)
    )
    if locked:
        question = question.with_for_update()
    found = db.session.scalars(question.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotFound("We cannot find that delivery method.")
    return found


def last_position() -> int:
    return db.session.scalar(select(func.max(DeliveryMethod.position))) or 0


def closed_days(since: date) -> Sequence[ClosedDay]:
    return db.session.scalars(select(ClosedDay).where(ClosedDay.day >= since).order_by(ClosedDay.day)).all()


def closed_day(closed_day_id: int) -> ClosedDay:
    found = db.session.get(ClosedDay, closed_day_id, with_for_update=True)
    if found is None:
        raise NotFound("We cannot find that day.")
    return found
