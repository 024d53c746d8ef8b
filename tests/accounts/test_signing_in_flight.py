"""Between the right password and the open session: whatever happens there to the person decides."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.accounts.credentials import RefreshToken, Session
from app.accounts.models import TokenKind, User
from app.accounts.passwords import Passwords
from app.accounts.service import api_sign_in, links, own_account, people, signing_in
from app.accounts.service.signing_in import Device, Proof
from app.core import clock
from app.core.database import db
from app.core.errors import NotSignedIn, Refused
from tests import factories
from tests.accounts.acting import acting, now, out
from tests.factories import PASSWORD

NEW = "seven brown geese over leeds"


def passwords(app: Flask) -> Passwords:
    found: Passwords = app.extensions["passwords"]
    return found


def proof(app: Flask, person: User) -> Proof:
    return signing_in.prove(person.email, PASSWORD, passwords=passwords(app), device=Device())


def changed(app: Flask, tom: User) -> None:
    own_account.change_password(PASSWORD, NEW, by=acting(tom), passwords=passwords(app), at=clock.now())


def reset(app: Flask, tom: User) -> None:
    token = links.issue(TokenKind.RESET, now(tom), seed="1", secret_key="x", at=clock.now())
    own_account.reset_password(token, NEW, passwords=passwords(app), at=clock.now())


def shut_out(verb: Callable[..., User]) -> Callable[[Flask, User], None]:
    def done(_: Flask, tom: User) -> None:
        out(verb, tom, factories.user("One Admin", role="admin"))

    return done


EVENTS = {
    "the password is changed": changed,
    "the password is reset by mail": reset,
    "they are deactivated": shut_out(people.deactivate),
    "they are deleted": shut_out(people.remove),
    "they are anonymised": shut_out(people.anonymise),
}


@pytest.mark.parametrize("event", EVENTS)
def test_no_session_opens_when_meanwhile(context: Flask, tom: User, event: str) -> None:
    proven = proof(context, tom)
    EVENTS[event](context, tom)
    with pytest.raises(NotSignedIn, match="not right"):
        signing_in.open_session(proven, device=Device(), at=clock.now())
    assert db.session.scalar(select(func.count()).select_from(Session)) == 0


@pytest.mark.parametrize("event", EVENTS)
def test_no_program_gets_in_when_meanwhile(context: Flask, tom: User, event: str) -> None:
    proven = proof(context, tom)
    EVENTS[event](context, tom)
    with pytest.raises(NotSignedIn, match="not right"):
        api_sign_in.open_family(proven, at=clock.now())
    assert db.session.scalar(select(func.count()).select_from(RefreshToken)) == 0


class Meanwhile(Passwords):
    """The real hasher; something happens while it hashes."""

    def __init__(self, real: Passwords, happens: Callable[[], None]) -> None:
        vars(self).update(vars(real), happens=happens)

    def is_outdated(self, password_hash: str) -> bool:
        return True

    def hashed(self, password: str) -> str:
        self.happens()
        return super().hashed(password)


def test_a_better_hash_of_the_old_password_never_replaces_a_new_one(context: Flask, tom: User) -> None:
    meanwhile = Meanwhile(passwords(context), lambda: changed(context, tom))
    with pytest.raises(NotSignedIn, match="not right"):
        signing_in.prove(tom.email, PASSWORD, passwords=meanwhile, device=Device())
    assert passwords(context).fits(NEW, now(tom).password_hash)


def test_a_better_hash_lets_the_sign_in_go_on(context: Flask, tom: User) -> None:
    nothing = Meanwhile(passwords(context), lambda: None)
    before = now(tom).password_hash
    proven = signing_in.prove(tom.email, PASSWORD, passwords=nothing, device=Device())
    signing_in.open_session(proven, device=Device(), at=clock.now())
    assert now(tom).password_hash not in {before, None}


def test_a_thief_who_changes_the_password_just_when_it_is_reset_changes_nothing(
    context: Flask, tom: User
) -> None:
    thief = acting(tom)
    meanwhile = Meanwhile(passwords(context), lambda: reset(context, tom))
    with pytest.raises(Refused, match="not your current password"):
        own_account.change_password(
            PASSWORD, "a thief's own words entirely", by=thief, passwords=meanwhile, at=clock.now()
        )
    assert passwords(context).fits(NEW, now(tom).password_hash)
