"""What is over is forgotten: sessions and links after a week, attempts when they count no more."""

from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from sqlalchemy import func, select

from app.accounts.credentials import LoginAttempt, OneTimeToken, RefreshToken, Session
from app.accounts.models import TokenKind, User
from app.accounts.service import links
from app.core import clock, outbox
from app.core.database import db
from app.core.transaction import in_one_transaction
from app.jobs import perform_all
from tests.accounts.program import signed_in
from tests.visitor import Visitor

DAY = timedelta(days=1)


def run(topic: str, *, after: timedelta = timedelta()) -> None:
    """As the clock would hand it out then."""
    with clock.moved(after):
        in_one_transaction(lambda: outbox.promise(topic))
        assert perform_all() == 1


def sessions() -> set[int]:
    return set(db.session.scalars(select(Session.user_id)))


def links_kept() -> set[TokenKind]:
    return set(db.session.scalars(select(OneTimeToken.kind)))


def chains() -> int:
    return db.session.scalar(select(func.count()).select_from(RefreshToken)) or 0


def test_what_ended_is_kept_for_a_week_and_then_forgotten(
    context: Flask, as_user: Callable[[User], Visitor], tom: User, maya: User
) -> None:
    as_user(tom), as_user(maya)
    signed_in(context, tom)
    for kind in (TokenKind.RESET, TokenKind.INVITE):
        links.issue(kind, maya, seed="a mail", secret_key="a secret", at=clock.now())

    run("accounts.prune", after=7 * DAY)
    assert (sessions(), links_kept()) == ({tom.id, maya.id}, {TokenKind.RESET, TokenKind.INVITE})

    run("accounts.prune", after=8 * DAY)
    assert sessions() == {maya.id}, "his lasted half a day, hers a week"
    assert links_kept() == {TokenKind.INVITE}, "one lasts an hour, the other a week"
    assert chains() == 1

    run("accounts.prune", after=15 * DAY)
    assert (sessions(), links_kept(), chains()) == (set(), set(), 1), "a chain lasts ninety days"
    run("accounts.prune", after=98 * DAY)
    assert chains() == 0


def test_attempts_are_forgotten_when_all_of_them_have_come_back(context: Flask, visitor: Visitor) -> None:
    visitor.sign_in("nobody@staff.example", "guess guess guess")
    in_use = set(db.session.scalars(select(LoginAttempt.bucket)))
    assert in_use
    db.session.add(LoginAttempt(bucket="account:from long ago", full_at=clock.now() - DAY))
    db.session.commit()
    run("accounts.forget_attempts")
    assert set(db.session.scalars(select(LoginAttempt.bucket))) == in_use
