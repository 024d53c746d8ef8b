"""The ways of delivery on a day, and the days without any, in one question."""

from datetime import date

from sqlalchemy import ARRAY, Date, bindparam, func, select

from app.catalogue.models import ClosedDay, DeliveryMethod
from app.catalogue.queries.taxes import rate_of
from app.core.questions import Question
from app.orders.ways import Way, Ways

_method, _day = DeliveryMethod.__table__, ClosedDay.__table__.c.day
_on = bindparam("on", type_=Date)
WAYS = Question(
    select(
        _method.c.id,
        _method.c.name,
        _method.c.price_net,
        _method.c.free_over_net,
        _method.c.weekdays,
        _method.c.lead_days,
        _method.c.cutoff_time,
        func.coalesce(rate_of(_method.c.tax_class_id, _on), 0).label("tax_rate"),
        func.array(select(_day).where(_day >= _on).scalar_subquery(), type_=ARRAY(Date)).label("closed"),
    )
    .where(_method.c.deleted_at.is_(None))
    .order_by(_method.c.position, func.lower(_method.c.name))
)


def ways_of_delivery(on: date) -> Ways:
    rows = WAYS.ask(on=on)
    return Ways([Way(*row[:-1]) for row in rows], frozenset(rows[0].closed) if rows else frozenset())
