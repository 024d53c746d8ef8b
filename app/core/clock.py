"""The one clock. Tests move it; nothing else asks the machine what time it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

_shift = timedelta()


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC) + _shift


def business_day(at: datetime, zone: str) -> date:
    """The day it is at the business at that moment."""
    return at.astimezone(ZoneInfo(zone)).date()


@contextmanager
def moved(by: timedelta) -> Iterator[None]:
    """Tests only: as if that much time had passed."""
    global _shift
    before, _shift = _shift, _shift + by
    try:
        yield
    finally:
        _shift = before
