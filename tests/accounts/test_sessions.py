"""How long somebody stays signed in, and through which changes of the house."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from app import create_app
from app.accounts.models import User
from app.core import clock
from app.local.embedded import Servers
from tests import factories
from tests.conftest import SECRET_KEY, settings_for_tests
from tests.visitor import Visitor

AsUser = Callable[[User], Visitor]
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def is_signed_in(visitor: Visitor, *, after: timedelta) -> bool:
    with clock.moved(after):
        return visitor.get("/account").status_code == 200


def test_the_busiest_of_us_signs_in_again_after_half_a_day(as_user: AsUser, tom: User) -> None:
    here, worked = as_user(tom), 0 * MINUTE
    while worked < 12 * HOUR - MINUTE:
        assert is_signed_in(here, after=worked)
        worked += 25 * MINUTE
    assert not is_signed_in(here, after=12 * HOUR + MINUTE)


def test_the_keenest_buyer_signs_in_again_after_a_week(as_user: AsUser, maya: User) -> None:
    here, ordered = as_user(maya), 0 * HOUR
    while ordered < 7 * DAY:
        assert is_signed_in(here, after=ordered)
        ordered += 11 * HOUR
    assert not is_signed_in(here, after=7 * DAY + MINUTE)


def test_the_time_to_idle_begins_anew_with_each_look_and_is_no_longer_than_before(
    as_user: AsUser, tom: User, maya: User
) -> None:
    ours, buyer = as_user(tom), as_user(maya)
    assert is_signed_in(ours, after=20 * MINUTE)
    assert is_signed_in(buyer, after=20 * MINUTE)
    assert not is_signed_in(ours, after=51 * MINUTE)
    assert is_signed_in(buyer, after=51 * MINUTE)
    assert not is_signed_in(buyer, after=12 * HOUR + 52 * MINUTE)


@pytest.fixture
def house_with(own_database: str, running_servers: Servers) -> Callable[..., Flask]:
    """The same house after a restart with other settings."""

    def restarted(**given: object) -> Flask:
        app = create_app(settings_for_tests(running_servers, database_url=own_database, **given))
        app.test_client_class = Visitor
        return app

    return restarted


NEXT_KEY = SECRET_KEY[::-1]


@pytest.fixture
def tom_from_before(house_with: Callable[..., Flask]) -> Visitor:
    """He signed in, and this device was remembered, while the last key was the key."""
    house = house_with()
    with house.app_context():
        email = factories.user("Tom Ridley", role="order_clerk").email
    browser: Visitor = house.test_client()
    assert browser.sign_in(email).status_code == 303
    return browser


def moved_to(house: Flask, browser: Visitor) -> Visitor:
    moved: Visitor = house.test_client()
    for name in ("docket_session", "docket_device"):
        moved.set_cookie(name, browser.get_cookie(name).value)
    return moved


def test_a_new_secret_key_signs_nobody_out_as_long_as_the_last_one_is_kept(
    house_with: Callable[..., Flask], tom_from_before: Visitor
) -> None:
    rotated = house_with(secret_key=NEXT_KEY, secret_key_fallbacks=[SECRET_KEY])
    assert moved_to(rotated, tom_from_before).get("/desk").status_code == 200
    forgotten = house_with(secret_key=NEXT_KEY)
    assert moved_to(forgotten, tom_from_before).get("/desk").status_code == 302


def test_a_device_stays_known_through_a_change_of_keys(
    house_with: Callable[..., Flask], tom_from_before: Visitor
) -> None:
    """Known: strangers who use up the tries do not lock it out."""
    rotated = house_with(secret_key=NEXT_KEY, secret_key_fallbacks=[SECRET_KEY])
    email, stranger = "tom.ridley@staff.example", rotated.test_client()
    for _ in range(11):
        stranger.sign_in(email, "guess guess guess")
    assert stranger.sign_in(email).status_code == 429
    known = moved_to(rotated, tom_from_before)
    known.delete_cookie("docket_session")
    assert known.sign_in(email).status_code == 303
