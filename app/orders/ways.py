"""The ways in which an order can come, what each costs, and on which days."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import NamedTuple

from app.catalogue.delivery_days import NextDelivery, days_offered, next_delivery
from app.catalogue.totals import ZERO


class Way(NamedTuple):
    """A delivery method as it is offered on a day, with the tax rate of that day."""

    id: int
    name: str
    price_net: Decimal
    free_over_net: Decimal | None
    weekdays: Collection[int]
    lead_days: int
    cutoff_time: time
    tax_rate: Decimal

    def charge_for(self, goods: Decimal) -> Decimal:
        is_free = self.free_over_net is not None and goods >= self.free_over_net
        return ZERO if is_free else self.price_net


@dataclass(frozen=True, slots=True)
class Ways:
    """All of them, the usual one first, and the days on which none goes."""

    ways: Sequence[Way]
    closed: frozenset[date]

    @property
    def usual(self) -> Way | None:
        return self.ways[0] if self.ways else None

    def with_id(self, way_id: int | None) -> Way | None:
        return next((way for way in self.ways if way.id == way_id), None)

    def days(self, way: Way, *, at: datetime, zone: str) -> list[date]:
        """The next days on which it can come, the soonest first."""
        return days_offered(way, ordered_at=at, zone=zone, closed=self.closed, most=DAYS_TO_CHOOSE)

    def soonest(self, way: Way | None, *, at: datetime, zone: str) -> NextDelivery | None:
        """The first of them, and by when to order for it."""
        return way and next_delivery(way, ordered_at=at, zone=zone, closed=self.closed)


DAYS_TO_CHOOSE = 20
