"""What an order must be to stand in a view of the queue."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Date,
    FromClause,
    String,
    and_,
    any_,
    bindparam,
    func,
    literal,
    select,
    true,
)

from app.core.paging import Sortable
from app.core.questions import Question
from app.fulfilment.queries.to_pick import TO_PICK
from app.orders.models import Order
from app.orders.states import HOLDS_STOCK, OpenShipment, OrderStatus

ORDER = Order.__table__
TODAY: ColumnElement[date] = bindparam("today", type_=Date)


def is_open(order: FromClause) -> ColumnElement[bool]:
    """Neither gone nor cancelled; in the words of the indexes."""
    return order.c.status == any_(literal([status.value for status in HOLDS_STOCK], ARRAY(String)))


OPEN = is_open(ORDER)
EVERY = "all"

_is_pending = ORDER.c.status == OrderStatus.PENDING.value
_is_confirmed = ORDER.c.status == OrderStatus.CONFIRMED.value
_is_free = ORDER.c.hold_reason.is_(None)
_is_packed = ORDER.c.open_shipment == OpenShipment.PACKED.value
_is_picked_now = ORDER.c.open_shipment == OpenShipment.PICKING.value
_has_sent_some = ORDER.c.shipments_sent > 0
VIEWS: dict[str, ColumnElement[bool]] = {
    "confirm": and_(_is_pending, _is_free),
    "hold": and_(OPEN, ORDER.c.hold_reason.is_not(None)),
    "pick": TO_PICK,
    "picking": and_(_is_confirmed, _is_picked_now),
    "packed": and_(_is_confirmed, _is_packed),
    "late": and_(OPEN, ORDER.c.promised_on < TODAY),
    "part": and_(_is_confirmed, _has_sent_some),
    "today": and_(ORDER.c.business_date == TODAY, ORDER.c.status != OrderStatus.CANCELLED.value),
    EVERY: true(),
}
COUNTED = tuple(name for name in VIEWS if name not in ("today", EVERY))  # the others hold what is open
SORTS: dict[str, Sortable] = {
    "placed": ORDER.c.id,
    "deliver": func.coalesce(ORDER.c.promised_on, ORDER.c.business_date, type_=Date()),
    "total": ORDER.c.total,
}
# One walk over what is open, and over nothing else.
STANDING = Question(
    select(
        *(func.count().filter(VIEWS[name]) for name in COUNTED),
        *(func.min(ORDER.c.created_at).filter(VIEWS[name]) for name in COUNTED),
        func.array_agg(ORDER.c.promised_on.distinct()).filter(ORDER.c.promised_on >= TODAY),
    ).where(OPEN)
)


class Standing(NamedTuple):
    """How many stand in each view, since when the oldest waits, and the days that something is promised for."""

    counts: dict[str, int]
    oldest: dict[str, datetime | None]
    days: Sequence[date]


def standing(today: date) -> Standing:
    *found, days = STANDING.ask(today=today).one()
    counts, oldest = found[: len(COUNTED)], found[len(COUNTED) :]
    return Standing(
        dict(zip(COUNTED, counts, strict=True)), dict(zip(COUNTED, oldest, strict=True)), days or ()
    )
