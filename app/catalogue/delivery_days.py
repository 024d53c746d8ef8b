"""On which days a delivery method can bring what is ordered at a moment."""

from collections.abc import Collection, Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

A_DAY = timedelta(days=1)
FURTHEST = timedelta(days=366)  # whoever is closed for longer delivers on no day
USUALLY_OFFERED = 10


WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class Rounds(Protocol):
    """A delivery method, or a row that knows as much about it. Monday is 1."""

    @property
    def weekdays(self) -> Collection[int]: ...
    @property
    def lead_days(self) -> int: ...
    @property
    def cutoff_time(self) -> time: ...


class NextDelivery(NamedTuple):
    """What is ordered before the cut-off of the day `until` comes on `day`."""

    day: date
    until: date
    cutoff: time


def next_delivery(
    method: Rounds, *, ordered_at: datetime, zone: str, closed: Collection[date]
) -> NextDelivery | None:
    """The soonest day, and the latest moment for it."""
    days = days_offered(method, ordered_at=ordered_at, zone=zone, closed=closed, most=1)
    return delivery_on(days[0], method) if days else None


def delivery_on(day: date, method: Rounds) -> NextDelivery:
    return NextDelivery(day, day - timedelta(days=method.lead_days), method.cutoff_time)


def days_offered(
    method: Rounds,
    *,
    ordered_at: datetime,
    zone: str,
    closed: Collection[date] = (),
    most: int = USUALLY_OFFERED,
) -> list[date]:
    """The next days, the soonest first."""
    return list(islice(_days(method, first_day(method, ordered_at=ordered_at, zone=zone), closed), most))


def first_day(method: Rounds, *, ordered_at: datetime, zone: str) -> date:
    """What comes at the cut-off or later counts as ordered tomorrow; then the lead days pass, Sundays as well."""
    local = ordered_at.astimezone(ZoneInfo(zone))
    counts_from = local.date() if local.time() < method.cutoff_time else local.date() + A_DAY
    return counts_from + timedelta(days=method.lead_days)


def _days(method: Rounds, first: date, closed: Collection[date]) -> Iterator[date]:
    day = first
    while day - first <= FURTHEST:
        if day.isoweekday() in method.weekdays and day not in closed:
            yield day
        day += A_DAY


def weekday_words(weekdays: Collection[int]) -> str:
    """Days in a row by their ends, others one by one."""
    days = sorted(weekdays)
    if days == list(range(days[0], days[-1] + 1)) and len(days) > 2:
        return (
            "Every day" if len(days) == len(WEEKDAYS) else f"{WEEKDAYS[days[0] - 1]}–{WEEKDAYS[days[-1] - 1]}"
        )
    return ", ".join(WEEKDAYS[day - 1] for day in days)
