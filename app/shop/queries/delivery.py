"""How orders come to a buyer."""

from collections.abc import Collection
from datetime import date, time
from typing import NamedTuple

from sqlalchemy import ARRAY, Date, bindparam, func, select

from app.catalogue.models import ClosedDay, DeliveryMethod
from app.core.questions import Question


class UsualMethod(NamedTuple):
    """The delivery method that stands first, and the coming days without any."""

    name: str
    weekdays: Collection[int]
    lead_days: int
    cutoff_time: time
    closed: Collection[date]


_method, _day = DeliveryMethod.__table__, ClosedDay.__table__.c.day
_closed = func.array(
    select(_day).where(_day >= bindparam("since", type_=Date)).scalar_subquery(), type_=ARRAY(Date)
)
USUAL = Question(
    select(
        _method.c.name,
        _method.c.weekdays,
        _method.c.lead_days,
        _method.c.cutoff_time,
        _closed.label("closed"),
    )
    .where(_method.c.deleted_at.is_(None))
    .order_by(_method.c.position, func.lower(_method.c.name))
    .limit(1)
)


def usual_method(since: date) -> UsualMethod | None:
    """None where nothing was set up yet."""
    found = USUAL.ask(since=since).one_or_none()
    return found and UsualMethod(*found)
