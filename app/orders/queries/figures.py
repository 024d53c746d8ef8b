"""What monitoring asks about orders: how many are under way, and how old the oldest of each stage is."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, func, or_, select

from app.core.questions import Question
from app.orders.models import Order
from app.orders.states import IN_PROGRESS, OpenShipment


def _age(at: ColumnElement[datetime]) -> ColumnElement[int]:
    return func.extract("epoch", func.clock_timestamp() - at)


_order = Order.__table__
_pending, _confirmed, _shipped = (_order.c.status == status.value for status in IN_PROGRESS)
_packed = func.coalesce(_order.c.open_shipment == OpenShipment.PACKED.value, False)
STAGES: dict[str, ColumnElement[bool]] = {
    "placed": and_(_pending, _order.c.hold_reason.is_(None)),
    "held": and_(or_(_pending, _confirmed), _order.c.hold_reason.is_not(None)),
    "confirmed": and_(_confirmed, _order.c.hold_reason.is_(None), ~_packed),
    "picked": and_(_confirmed, _packed),
}
# Those that have left are many: counted by their index alone, and the one that came first is the oldest.
_left = select(func.count()).where(_shipped).scalar_subquery()
_first_that_left = (
    select(_order.c.created_at).where(_shipped).order_by(_order.c.id).limit(1).scalar_subquery()
)
UNDER_WAY = Question(
    select(
        func.count() + _left,
        *(_age(func.min(_order.c.created_at).filter(stage)) for stage in STAGES.values()),
        _age(_first_that_left),
    ).where(or_(_pending, _confirmed))
)


class UnderWay(NamedTuple):
    """`oldest` is in seconds since it was placed, of each stage that has any."""

    orders: int
    oldest: dict[str, float]


def under_way() -> UnderWay:
    orders, *ages = UNDER_WAY.ask().one()
    oldest = zip((*STAGES, "shipped"), ages, strict=True)
    return UnderWay(orders, {stage: float(age) for stage, age in oldest if age is not None})
