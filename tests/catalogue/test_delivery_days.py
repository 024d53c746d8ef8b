"""On which days something comes: by the business's own clock, and not on closed days."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from app.catalogue.delivery_days import NextDelivery, days_offered, next_delivery, weekday_words
from app.catalogue.models import DeliveryMethod

LONDON, AUCKLAND = "Europe/London", "Pacific/Auckland"
WORKING_DAYS = [1, 2, 3, 4, 5]


def van(**facts) -> DeliveryMethod:
    usual = {"weekdays": WORKING_DAYS, "lead_days": 1, "cutoff_time": time(14)}
    return DeliveryMethod(**(usual | facts))


def offered(
    method: DeliveryMethod, at: datetime, *, zone: str = LONDON, closed=(), most: int = 2
) -> list[date]:
    return days_offered(method, ordered_at=at, zone=zone, closed=closed, most=most)


def november(day: int) -> date:
    return date(2026, 11, day)


@pytest.mark.parametrize(
    ("at", "first"),
    [
        (datetime(2026, 11, 17, 13, 59, 59, tzinfo=UTC), 18),  # a Tuesday
        (datetime(2026, 11, 17, 14, 0, tzinfo=UTC), 19),
        (datetime(2026, 11, 20, 9, 0, tzinfo=UTC), 23),  # Friday, and nothing goes on Saturday
        (datetime(2026, 11, 20, 15, 0, tzinfo=UTC), 23),
        (datetime(2026, 11, 22, 15, 0, tzinfo=UTC), 24),  # Sunday afternoon counts as Monday's
    ],
)
def test_an_order_before_the_cut_off_comes_a_day_sooner(at, first):
    assert offered(van(), at)[0] == november(first)


def test_the_clock_is_the_one_of_the_business():
    at = datetime(
        2026, 11, 17, 1, 30, tzinfo=UTC
    )  # half past one in Leeds, half past two in the afternoon there
    assert offered(van(), at)[0] == november(18)
    assert offered(van(), at, zone=AUCKLAND)[0] == november(19)


def test_the_cut_off_moves_with_summer_time():
    in_summer = datetime(2026, 7, 14, 13, 30, tzinfo=UTC)  # half past two in Leeds
    assert offered(van(), in_summer)[0] == date(2026, 7, 16)


def test_closed_days_and_other_weekdays_are_left_out():
    closed = {november(18), november(24)}
    days = offered(van(weekdays=[2, 3]), datetime(2026, 11, 17, 9, tzinfo=UTC), closed=closed)
    assert days == [november(25), date(2026, 12, 1)]


def test_without_lead_days_it_comes_today():
    at = datetime(2026, 11, 17, 9, tzinfo=UTC)
    assert offered(van(lead_days=0), at)[0] == november(17)
    assert offered(van(lead_days=0, cutoff_time=time(8)), at)[0] == november(18)


def test_whoever_is_closed_for_good_delivers_on_no_day():
    every_day = {
        date.fromordinal(day) for day in range(november(1).toordinal(), november(1).toordinal() + 800)
    }
    assert offered(van(), datetime(2026, 11, 17, 9, tzinfo=UTC), closed=every_day) == []


@pytest.mark.parametrize(
    ("weekdays", "words"),
    [
        ([1, 2, 3, 4, 5, 6, 7], "Every day"),
        ([6, 1, 2, 3, 4, 5], "Mon–Sat"),
        ([1, 3, 5], "Mon, Wed, Fri"),
        ([6, 7], "Sat, Sun"),
        ([2], "Tue"),
    ],
)
def test_weekdays_are_said_as_people_say_them(weekdays, words):
    assert weekday_words(weekdays) == words


VAN = van(cutoff_time=time(15))
FRIDAY, SUNDAY, MONDAY = (november(day) for day in (20, 22, 23))


@pytest.mark.parametrize(
    ("at", "until", "day"),
    [
        (datetime(2026, 11, 19, 14, 59), november(19), FRIDAY),
        (datetime(2026, 11, 19, 15, 0), SUNDAY, MONDAY),
        (datetime(2026, 11, 21, 9, 0), SUNDAY, MONDAY),
    ],
)
def test_the_latest_moment_is_so_many_days_before_as_the_round_takes(at, until, day):
    found = next_delivery(VAN, ordered_at=at.replace(tzinfo=UTC), zone=LONDON, closed=())
    assert found == NextDelivery(day=day, until=until, cutoff=time(15))


def test_a_closed_day_is_passed_over_and_a_year_of_them_promises_nothing():
    at = datetime(2026, 11, 19, 9, 0, tzinfo=UTC)
    assert next_delivery(VAN, ordered_at=at, zone=LONDON, closed={FRIDAY}).day == MONDAY
    closed = {FRIDAY + timedelta(days=number) for number in range(400)}
    assert next_delivery(VAN, ordered_at=at, zone=LONDON, closed=closed) is None
