"""Which days a statement is about."""

from datetime import date, timedelta
from typing import NamedTuple

A_DAY = timedelta(days=1)
USUAL = "3-months"


class Period(NamedTuple):
    """From one day to another, both of them in it. One without a name was typed."""

    starts: date
    ends: date
    name: str = ""


WORDS = {
    "this-month": "This month",
    "last-month": "Last month",
    "3-months": "3 months",
    "year": "12 months",
}


def month_before(on: date) -> Period:
    """The whole one."""
    ends = on.replace(day=1) - A_DAY
    return Period(ends.replace(day=1), ends, "last-month")


def month_of(first: date) -> Period:
    """The whole month that begins on this day."""
    return month_before((first + 31 * A_DAY).replace(day=1))


def named(name: str, on: date) -> Period:
    if name == "last-month":
        return month_before(on)
    months = {"this-month": 1, "year": 12}.get(name, 3)
    first = on.year * 12 + on.month - months
    return Period(date(first // 12, first % 12 + 1, 1), on, name if name in WORDS else USUAL)


def asked(name: str, starts: str, ends: str, *, on: date) -> Period:
    """What was typed counts before a name; what is no day, or a day to come, is left out."""
    first, last = _day(starts), _day(ends)
    return named(name, on) if first is None and last is None else between(first, last, on=on)


def between(starts: date | None, ends: date | None, *, on: date) -> Period:
    """From the first of the last month of it and until today, where nothing else is said."""
    ends = min(ends or on, on)
    starts = starts or ends.replace(day=1)
    return Period(min(starts, ends), max(starts, ends))


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None
