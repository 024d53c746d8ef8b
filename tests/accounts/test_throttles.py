"""How often one may try: guesses at the current password, links by mail, applications."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from app.accounts.credentials import LINK_LIFE, LoginAttempt
from app.accounts.models import Customer, TokenKind, User
from app.core.database import db
from app.core.outbox import OutboxMessage
from tests.accounts.test_links import reset_link
from tests.factories import PASSWORD
from tests.visitor import Visitor

NEW = "seven brown geese over leeds"


def promised(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(OutboxMessage.topic).order_by(OutboxMessage.id)))


def test_whoever_sits_at_an_open_device_guesses_the_password_ten_times(
    as_user: Callable[[User], Visitor], visitor: Visitor, maya: User, ben: User
) -> None:
    here = as_user(maya)
    for _ in range(10):
        assert here.submit("/account/password", current="guess", password=NEW).status_code == 422
    answer = here.submit("/account/password", current=PASSWORD, password=NEW)
    assert answer.status_code == 429
    assert "too many tries" in answer.text
    assert int(answer.headers["Retry-After"]) > 0
    assert visitor.sign_in(maya.email).status_code == 303, "the password is what it was"
    somebody_else = as_user(ben).submit("/account/password", current=PASSWORD, password=NEW)
    assert somebody_else.status_code == 303


@pytest.mark.parametrize("whose", ["hers", "nobody's"])
def test_five_links_in_a_row_go_to_one_address_and_the_answer_stays_the_same(
    app: Flask, visitor: Visitor, maya: User, whose: str
) -> None:
    email = maya.email if whose == "hers" else "nobody@nowhere.example"
    answers = [visitor.submit("/password/forgot", email=email) for _ in range(7)]
    assert {(answer.status_code, answer.location) for answer in answers} == {(303, "/password/sent")}
    assert promised(app) == ["accounts.mail_reset"] * 5
    visitor.submit("/password/forgot", email="another@nowhere.example")
    assert len(promised(app)) == 6, "another address has its own five"


def test_a_stranger_who_asks_all_day_cannot_silence_anybody(app: Flask, visitor: Visitor, maya: User) -> None:
    """Whoever asks in vain was sent a link that still works; when that is over, the next one goes out."""
    for _ in range(7):
        visitor.submit("/password/forgot", email=maya.email)
    passed(app, LINK_LIFE[TokenKind.RESET])
    for _ in range(3):
        visitor.submit("/password/forgot", email=maya.email)
    assert promised(app) == ["accounts.mail_reset"] * 6


def passed(app: Flask, time: timedelta) -> None:
    """So much of it, as far as buckets know."""
    with app.app_context():
        db.session.execute(update(LoginAttempt).values(full_at=LoginAttempt.full_at - time))
        db.session.commit()


def test_a_reset_lets_its_owner_in_whatever_strangers_guess(app: Flask, visitor: Visitor, maya: User) -> None:
    stranger = app.test_client()
    for _ in range(11):
        stranger.sign_in(maya.email, "guessing and guessing")
    assert visitor.sign_in(maya.email).status_code == 429
    visitor.submit(reset_link(app, visitor, maya.email), password=NEW)
    assert app.test_client().sign_in(maya.email, NEW).status_code == 303, "on any other device"
    for _ in range(11):
        stranger.sign_in(maya.email, "guessing and guessing")
    assert stranger.sign_in(maya.email, NEW).status_code == 429
    assert visitor.sign_in(maya.email, NEW).status_code == 303, "on the one where the mail was read"


def test_a_reset_gives_back_the_links_that_strangers_asked_for(
    app: Flask, visitor: Visitor, maya: User
) -> None:
    for _ in range(5):
        link = reset_link(app, visitor, maya.email)
    visitor.submit(link, password=NEW)
    assert reset_link(app, visitor, maya.email) != link


def test_five_applications_a_day_are_read_from_one_address_and_the_answer_stays_the_same(
    app: Flask, visitor: Visitor
) -> None:
    def apply(company: str, email: str) -> tuple[int, str | None]:
        answer = visitor.submit("/register", company=company, name="Ida", email=email, password=NEW)
        return answer.status_code, answer.location

    answers = {apply(f"Blue Door {number}", "ida@bluedoor.example") for number in range(7)}
    assert answers == {(303, "/registered")}
    first = ["accounts.mail_applied", "accounts.mail_application_to_desk"]
    assert promised(app) == first + ["accounts.mail_already_registered"] * 4
    apply("Red Door", "otto@reddoor.example")
    assert promised(app)[-2:] == first, "another address has its own five"
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Customer)) == 2
