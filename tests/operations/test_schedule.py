"""Periodic work: when it is due, once for all clocks, and once on days that are longer or shorter."""

import threading
from datetime import UTC, datetime, time, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.core import clock, schedules
from app.core.database import db
from app.core.outbox import OutboxMessage
from app.core.schedules import ScheduledRun
from app.core.transaction import in_one_transaction
from app.jobs import JOBS, perform_all
from app.schedule import SCHEDULE, Clock, Daily, Every, Monthly, When

BERLIN = "Europe/Berlin"
HALF_PAST_TWO = Daily(time(2, 30))
A_MINUTE = timedelta(minutes=1)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def slots_between(when: When, begin: str, end: str, zone: str = BERLIN) -> list[datetime]:
    """Every slot that a clock which ticks each minute would see begin."""
    at, found = moment(begin), [when.last_slot(moment(begin), zone)]
    while at < moment(end):
        at += A_MINUTE
        slot = when.last_slot(at, zone)
        assert slot <= at
        if slot != found[-1]:
            found.append(slot)
    return found[1:]


@pytest.mark.parametrize(
    ("begin", "end", "slots"),
    [
        (
            "2026-03-27T12:00",
            "2026-03-30T12:00",
            ["2026-03-28T01:30", "2026-03-29T01:30", "2026-03-30T00:30"],
        ),
        (
            "2026-10-23T12:00",
            "2026-10-26T12:00",
            ["2026-10-24T00:30", "2026-10-25T00:30", "2026-10-26T01:30"],
        ),
    ],
    ids=["the hour that is left out", "the hour that comes twice"],
)
def test_half_past_two_comes_once_a_day_whatever_the_clocks_do(
    begin: str, end: str, slots: list[str]
) -> None:
    assert slots_between(HALF_PAST_TWO, begin, end) == [moment(slot) for slot in slots]


@pytest.mark.parametrize(
    ("at", "last", "next_one"),
    [
        ("2026-03-01T04:59", "2026-02-01T05:00", "2026-03-01T05:00"),
        ("2026-03-01T05:00", "2026-03-01T05:00", "2026-04-01T04:00"),
        ("2026-03-31T23:30", "2026-03-01T05:00", "2026-04-01T04:00"),
        ("2026-11-01T04:59", "2026-10-01T04:00", "2026-11-01T05:00"),
        ("2026-12-31T23:30", "2026-12-01T05:00", "2027-01-01T05:00"),
        ("2027-01-01T04:59", "2026-12-01T05:00", "2027-01-01T05:00"),
    ],
)
def test_six_on_the_first_comes_once_a_month_whatever_the_clocks_do(
    at: str, last: str, next_one: str
) -> None:
    when, now = Monthly(1, time(6, 0)), moment(at)
    found = when.last_slot(now, BERLIN), when.next_slot(now, BERLIN)
    assert found == (moment(last), moment(next_one))


def test_each_month_has_one_slot() -> None:
    slots = slots_between(Monthly(1, time(2, 30)), "2026-10-20T00:00", "2026-12-02T00:00")
    assert slots == [moment("2026-11-01T01:30"), moment("2026-12-01T01:30")]


def test_every_quarter_of_an_hour_has_one_slot() -> None:
    quarter = Every(timedelta(minutes=15))
    assert quarter.last_slot(moment("2026-10-25T00:44:59"), BERLIN) == moment("2026-10-25T00:30")
    assert len(slots_between(quarter, "2026-10-25T00:00", "2026-10-25T03:00")) == 12


def topics_promised() -> dict[str, int]:
    rows = db.session.execute(select(OutboxMessage.topic, func.count()).group_by(OutboxMessage.topic))
    return dict(rows.all())


def test_two_clocks_promise_a_slot_once(own_app: Flask) -> None:
    begin = moment("2026-06-01T12:00")
    together = threading.Barrier(2, timeout=60)

    def tick() -> None:
        with own_app.app_context():
            mine = Clock({"accounts.prune": HALF_PAST_TWO})
            for day in range(10):
                together.wait()
                mine.tick(begin + timedelta(days=day))

    threads = [threading.Thread(target=tick) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with own_app.app_context():
        assert topics_promised() == {"accounts.prune": 9}, "the first day only begins the series"


def test_of_what_passed_while_all_stood_still_the_newest_is_made_up(context: Flask) -> None:
    Clock({"accounts.prune": HALF_PAST_TWO}).tick(moment("2026-06-01T12:00"))
    assert topics_promised() == {}, "a job that is new here begins with its next slot"
    after_a_week = Clock({"accounts.prune": HALF_PAST_TWO})
    for _ in range(3):
        after_a_week.tick(moment("2026-06-08T12:00"))
    assert topics_promised() == {"accounts.prune": 1}


def test_a_promise_and_its_slot_are_one_transaction(context: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("in the middle")

    mine = Clock({"accounts.prune": HALF_PAST_TWO})
    mine.tick(moment("2026-06-01T12:00"))
    with monkeypatch.context() as patch:
        patch.setattr("app.core.outbox.promise", broken)
        with pytest.raises(RuntimeError):
            mine.tick(moment("2026-06-02T12:00"))
    mine.tick(moment("2026-06-02T12:00"))
    assert topics_promised() == {"accounts.prune": 1}


def test_every_periodic_job_is_a_job(context: Flask) -> None:
    assert set(SCHEDULE) <= set(JOBS)


def test_a_whole_day_of_the_house_leaves_nothing_undone(context: Flask, owner: object) -> None:
    mine = Clock(SCHEDULE)
    mine.tick(clock.now())
    mine.tick(clock.now() + timedelta(days=1))
    daily = {topic for topic, when in SCHEDULE.items() if not isinstance(when, Monthly)}
    assert daily <= topics_promised().keys() <= SCHEDULE.keys()
    perform_all()
    left = db.session.scalars(select(OutboxMessage).where(OutboxMessage.done_at.is_(None))).all()
    assert [(row.topic, row.last_error) for row in left] == []


def test_old_slots_are_forgotten(context: Flask) -> None:
    for slot in ("2026-01-01T02:30", "2026-06-01T02:30"):
        in_one_transaction(lambda slot=slot: schedules.claim_slot("accounts.prune", moment(slot)))
    assert in_one_transaction(lambda: schedules.forget(moment("2026-03-01T00:00"))) == 1
    assert db.session.scalars(select(ScheduledRun.slot)).all() == [moment("2026-06-01T02:30")]


def test_the_relay_has_a_pulse(context: Flask) -> None:
    assert schedules.seconds_since_beat("relay") is None
    in_one_transaction(lambda: schedules.beat("relay"))
    in_one_transaction(lambda: schedules.beat("relay"))
    assert 0 <= schedules.seconds_since_beat("relay") < 60
