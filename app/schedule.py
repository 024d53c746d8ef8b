"""Every periodic job and when: all ways in by clock."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Protocol
from zoneinfo import ZoneInfo

from app.core import outbox, schedules
from app.core.business import read_business
from app.core.clock import business_day
from app.core.transaction import in_one_transaction

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
A_DAY = timedelta(days=1)


class When(Protocol):
    @property
    def words(self) -> str:
        """As people say it."""
        ...

    def last_slot(self, at: datetime, zone: str) -> datetime:
        """The newest moment, not after `at`, at which the job was due."""
        ...

    def next_slot(self, at: datetime, zone: str) -> datetime:
        """The first moment after `at` at which it will be due."""
        ...


@dataclass(frozen=True, slots=True)
class Every:
    """Again and again, at the same distance."""

    pause: timedelta

    @property
    def words(self) -> str:
        minutes = self.pause // timedelta(minutes=1)
        return {1: "Every minute", 60: "Every hour"}.get(minutes, f"Every {minutes} minutes")

    def last_slot(self, at: datetime, zone: str) -> datetime:
        return EPOCH + (at - EPOCH) // self.pause * self.pause

    def next_slot(self, at: datetime, zone: str) -> datetime:
        return self.last_slot(at, zone) + self.pause


@dataclass(frozen=True, slots=True)
class Daily:
    """Once on each day of the business, by its own clock."""

    at: time

    @property
    def words(self) -> str:
        return f"Every day at {self.at:%H:%M}"

    def last_slot(self, at: datetime, zone: str) -> datetime:
        today = business_day(at, zone)
        slot = _moment(today, self.at, zone)
        return slot if slot <= at else _moment(today - A_DAY, self.at, zone)

    def next_slot(self, at: datetime, zone: str) -> datetime:
        today = business_day(at, zone)
        slot = _moment(today, self.at, zone)
        return slot if slot > at else _moment(today + A_DAY, self.at, zone)


@dataclass(frozen=True, slots=True)
class Monthly:
    """Once in each month of the business, by its own clock, on a day that every month has."""

    day: int
    at: time

    @property
    def words(self) -> str:
        return f"Every month on day {self.day} at {self.at:%H:%M}"

    def last_slot(self, at: datetime, zone: str) -> datetime:
        month = business_day(at, zone).replace(day=1)
        slot = self._in(month, zone)
        return slot if slot <= at else self._in((month - A_DAY).replace(day=1), zone)

    def next_slot(self, at: datetime, zone: str) -> datetime:
        month = business_day(at, zone).replace(day=1)
        slot = self._in(month, zone)
        return slot if slot > at else self._in((month + 31 * A_DAY).replace(day=1), zone)

    def _in(self, month: date, zone: str) -> datetime:
        return _moment(month.replace(day=self.day), self.at, zone)


def _moment(day: date, at: time, zone: str) -> datetime:
    # One moment for each day: the first of two equal times in autumn; in spring, a time that is
    # left out is counted from before the change.
    return datetime.combine(day, at, ZoneInfo(zone)).astimezone(UTC)


SCHEDULE: dict[str, When] = {
    "payments.reconcile": Every(timedelta(minutes=1)),
    "payments.expire": Every(timedelta(minutes=1)),
    "accounts.forget_attempts": Every(timedelta(hours=1)),
    "stock.notice_low": Every(timedelta(minutes=15)),
    "accounts.prune": Daily(time(3, 10)),
    "imports.prune": Daily(time(3, 15)),
    "operations.prune": Daily(time(3, 20)),
    "operations.check": Daily(time(3, 40)),
    "billing.send_reminders": Daily(time(8, 0)),
    "billing.send_statements": Monthly(1, time(6, 0)),
}


class Clock:
    """Promises each periodic job once per slot, however many clocks there are.

    Of the slots that passed while all clocks stood still, the newest is made up. A job that is new here
    begins with its next slot.
    """

    def __init__(self, schedule: dict[str, When]) -> None:
        self.schedule = schedule
        self.handed_out: dict[str, datetime] = {}

    def tick(self, at: datetime) -> None:
        zone = read_business().time_zone
        for topic, when in self.schedule.items():
            slot = when.last_slot(at, zone)
            if self.handed_out.get(topic) != slot:
                in_one_transaction(partial(_hand_out, topic, slot))
                self.handed_out[topic] = slot


def _hand_out(topic: str, slot: datetime) -> None:
    is_new = not schedules.was_ever_claimed(topic)
    if schedules.claim_slot(topic, slot) and not is_new:
        outbox.promise(topic)
