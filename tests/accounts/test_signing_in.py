"""Signing in from the page: one answer for every wrong pair, counted before the hash."""

import threading
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.accounts.credentials import LoginAttempt, Session
from app.accounts.models import CustomerStatus, User
from app.accounts.passwords import Passwords
from app.accounts.service import signing_in
from app.accounts.service.signing_in import Device
from app.core import clock
from app.core.audit import AuditEvent
from app.core.database import db
from app.core.errors import Refusal, TooMany
from tests import factories
from tests.factories import PASSWORD
from tests.visitor import Visitor

ELSEWHERE = [
    "//e.com",
    "/\\e.com",
    "///e",
    "https:e.com",
    "/%09/e.com",
    "/\t/e.com",
    "\x01//e",
    "http:///e",
    "https://e.com",
    "javascript:alert(1)",
    "data:text/html,x",
    "JavaScript:x",
    "/%2f/e.com",
    "/%5ce.com",
    "\\\\e.com",
    "e.com",
    "@e",
    "/.e.com/..//e.com",
    "/\r\n/e.com",
    " //e.com",
    "/ /e.com",
    "//%65.com",
    "ftp://e.com",
    "xn--e-ufa.com",
    "/./ /e",
]
WRONG = "The email or the password is not right."


def sessions(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Session)) or 0


def test_the_right_pair_opens_a_session_and_goes_home(app: Flask, visitor: Visitor, maya: User) -> None:
    answer = visitor.sign_in(maya.email)
    assert (answer.status_code, answer.location) == (303, "/")
    assert visitor.get("/").status_code == 200
    assert sessions(app) == 1


def test_an_email_is_read_as_people_type_it(visitor: Visitor, maya: User) -> None:
    assert visitor.sign_in(f"  {maya.email.upper()} ").status_code == 303


@pytest.mark.parametrize("email", ["maya.osei@buyers.example", "nobody@buyers.example"])
def test_a_wrong_pair_has_one_answer_whether_or_not_the_account_exists(
    visitor: Visitor, maya: User, email: str
) -> None:
    answer = visitor.sign_in(email, "not the password at all")
    assert answer.status_code == 422
    assert WRONG in answer.text
    assert f'value="{email}"' in answer.text, "what was typed is kept"
    assert "not the password at all" not in answer.text


def test_a_deactivated_person_gets_the_same_answer(app: Flask, visitor: Visitor, tom: User) -> None:
    with app.app_context():
        db.session.merge(tom).is_active = False
        db.session.commit()
    assert WRONG in visitor.sign_in(tom.email).text


def test_an_applicant_is_told_to_wait(app: Flask, visitor: Visitor) -> None:
    with app.app_context():
        applied = factories.customer("New Café", status=CustomerStatus.APPLIED)
        person = factories.user("Nia Cole", role="customer_admin", of=applied)
    answer = visitor.sign_in(person.email)
    assert answer.status_code == 403
    assert "Your application is with us" in answer.text
    assert "Fix 1 thing" not in answer.text, "there is nothing they could put right"
    assert sessions(app) == 0


def test_the_session_cookie_is_new_at_sign_in_and_worthless_after_sign_out(
    visitor: Visitor, maya: User
) -> None:
    visitor.get("/login")
    visitor.csrf_token()
    before = visitor.get_cookie("docket_session")
    visitor.sign_in(maya.email)
    signed_in = visitor.get_cookie("docket_session")
    assert before is not None
    assert signed_in is not None
    assert before.value != signed_in.value
    visitor.submit("/logout")
    visitor.set_cookie("docket_session", signed_in.value)
    answer = visitor.get("/")
    assert (answer.status_code, answer.location) == (302, "/login")


def test_the_eleventh_try_is_refused_even_with_the_right_password(visitor: Visitor, maya: User) -> None:
    for _ in range(10):
        assert visitor.sign_in(maya.email, "wrong wrong wrong").status_code == 422
    answer = visitor.sign_in(maya.email)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert "too many tries" in answer.text


def test_a_right_password_costs_no_try(visitor: Visitor, maya: User) -> None:
    for _ in range(12):
        assert visitor.sign_in(maya.email).status_code == 303
        visitor.submit("/logout")


def test_strangers_cannot_lock_a_known_device_out(app: Flask, visitor: Visitor, maya: User) -> None:
    visitor.sign_in(maya.email)
    visitor.submit("/logout")
    stranger = app.test_client()
    for _ in range(11):
        stranger.sign_in(maya.email, "guessing and guessing")
    assert stranger.sign_in(maya.email).status_code == 429
    assert visitor.sign_in(maya.email).status_code == 303


def test_a_forwarded_address_does_not_move_the_bucket(app: Flask, visitor: Visitor) -> None:
    for number in range(55):
        visitor.submit(
            "/login",
            email=f"someone{number}@else.example",
            password="guess guess guess",
            headers={"X-Forwarded-For": f"10.0.0.{number}"},
        )
    assert visitor.sign_in("another@else.example").status_code == 429


@pytest.mark.proof
def test_fifty_guesses_at_once_reach_the_hash_at_most_ten_times(own_app: Flask) -> None:
    with own_app.app_context():
        email = factories.user("Tom Ridley", role="order_clerk").email
        counted = CountingPasswords(own_app.extensions["passwords"])
    throttled: list[int] = []

    def guess() -> None:
        with own_app.app_context():
            try:
                signing_in.prove(email, "guess", passwords=counted, device=Device(address="192.0.2.1"))
            except TooMany:
                throttled.append(1)
            except Refusal:
                pass

    threads = [threading.Thread(target=guess) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counted.checks == 10
    assert len(throttled) == 40


class CountingPasswords(Passwords):
    """The real hasher, counting how often it is asked."""

    def __init__(self, real: Passwords) -> None:
        vars(self).update(vars(real), checks=0, lock=threading.Lock())

    def fits(self, password: str, password_hash: str | None) -> bool:
        with self.lock:
            self.checks += 1
        return super().fits(password, password_hash)


def test_a_session_ends_when_it_idles_and_when_it_is_old(
    app: Flask, as_user: type, tom: User, maya: User
) -> None:
    staff, buyer = as_user(tom), as_user(maya)
    with clock.moved(timedelta(minutes=31)):
        assert staff.get("/desk").status_code == 302
        assert buyer.get("/").status_code == 200
    with clock.moved(timedelta(days=7, minutes=1)):
        assert buyer.get("/").status_code == 302


def test_looking_around_keeps_a_session_alive_to_the_minute(app: Flask, as_user: type, tom: User) -> None:
    staff = as_user(tom)
    for minutes in (20, 40, 60):
        with clock.moved(timedelta(minutes=minutes)):
            assert staff.get("/desk").status_code == 200


def test_a_page_remembers_where_one_wanted_to_go(visitor: Visitor, maya: User) -> None:
    assert visitor.get("/account/devices").location == "/login?next=/account/devices"
    assert visitor.sign_in(maya.email, next="/account/devices").location == "/account/devices"


@pytest.mark.parametrize("target", ELSEWHERE)
def test_nobody_is_sent_off_this_host(visitor: Visitor, maya: User, target: str) -> None:
    assert visitor.sign_in(maya.email, next=target).location == "/"


def test_signing_in_and_failing_to_are_in_the_audit_log(app: Flask, visitor: Visitor, maya: User) -> None:
    visitor.sign_in(maya.email, "wrong wrong wrong")
    visitor.sign_in(maya.email)
    with app.app_context():
        events = list(db.session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))
        assert events == ["session.refused", "session.opened"]
        assert PASSWORD not in str(list(db.session.execute(select(AuditEvent))))


def test_buckets_hold_no_addresses_of_people(app: Flask, visitor: Visitor, maya: User) -> None:
    visitor.sign_in(maya.email, "wrong wrong wrong")
    with app.app_context():
        assert all("@" not in bucket for bucket in db.session.scalars(select(LoginAttempt.bucket)))
