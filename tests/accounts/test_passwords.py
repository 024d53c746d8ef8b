"""What a password costs: the same for everybody who tries, and the cost of today for everybody who has one."""

import time
from collections.abc import Callable

import pytest
from flask import Flask

from app.accounts.models import User
from app.accounts.passwords import Passwords
from app.core.database import db
from tests import factories
from tests.factories import PASSWORD
from tests.visitor import Visitor

AS_IN_PRODUCTION = Passwords(memory_kib=19_456, rounds=2, demo=False)
AS_TODAY = "m=8,t=1,p=1"  # the cost that the tests are set to
TRIES = 4


@pytest.fixture
def hashing_as(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[[Passwords], None]:
    return lambda passwords: monkeypatch.setitem(app.extensions, "passwords", passwords)


def cost_of_guessing(visitor: Visitor, email: str) -> float:
    """Processor seconds of one wrong try; of several, the one that was disturbed least."""

    def guess() -> float:
        began = time.process_time()
        assert visitor.sign_in(email, "guess guess guess").status_code == 422
        return time.process_time() - began

    guess()  # the first one also fills caches
    return min(guess() for _ in range(TRIES))


def test_guessing_costs_the_same_whether_or_not_there_is_such_a_person(
    app: Flask, visitor: Visitor, hashing_as: Callable[[Passwords], None]
) -> None:
    hashing_as(AS_IN_PRODUCTION)
    with app.app_context():
        email = factories.user("Tom Ridley", role="order_clerk").email
        invited = factories.user("Ida Hall", role="warehouse", password=None).email
    known = cost_of_guessing(visitor, email)
    for other in (invited, "nobody@staff.example"):
        assert known / 2 < cost_of_guessing(visitor, other) < known * 2


def test_signing_in_brings_an_old_hash_up_to_the_cost_of_today(
    app: Flask, visitor: Visitor, hashing_as: Callable[[Passwords], None]
) -> None:
    today = app.extensions["passwords"]
    hashing_as(Passwords(memory_kib=16, rounds=2, demo=False))
    with app.app_context():
        maud = factories.user("Maud Lane", role="warehouse")
    hashing_as(today)
    assert AS_TODAY not in hash_of(app, maud)
    assert visitor.sign_in(maud.email, "guess guess guess").status_code == 422
    assert AS_TODAY not in hash_of(app, maud), "nobody knows what a wrong guess would hash to"
    assert visitor.sign_in(maud.email).status_code == 303
    fresh = hash_of(app, maud)
    assert AS_TODAY in fresh
    visitor.submit("/logout")
    assert visitor.sign_in(maud.email, PASSWORD).status_code == 303
    assert hash_of(app, maud) == fresh, "once is enough"


def hash_of(app: Flask, person: User) -> str:
    with app.app_context():
        return db.session.get_one(User, person.id).password_hash or ""
