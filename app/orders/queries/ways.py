"""The ways of delivery on a day, and the days without any, in one question."""

from datetime import date, datetime

from sqlalchemy import ARRAY, Date, bindparam, func, select

from app.catalogue.models import ClosedDay, DeliveryMethod
from app.catalogue.queries.taxes import rate_of
from app.core.business import business
from app.core.clock import business_day
from app.core.questions import Question
from app.orders.models import Order
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


def days_for(order: Order, at: datetime) -> list[date] | None:
    """The next days on which it can come, the way it was placed or else as usual; None where nothing is offered."""
    zone = business().time_zone
    ways = ways_of_delivery(business_day(at, zone))
    way = ways.with_id(order.delivery_method_id) if order.delivery_method_id else ways.usual
    return ways.days(way, at=at, zone=zone) if way else None
