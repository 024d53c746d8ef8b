"""An address that is not confirmed yet: its owner can ask for another link, and not without end."""

import pytest
from flask import Flask

from app.accounts.models import User
from app.core.database import db
from tests.accounts.acting import promises
from tests.visitor import Visitor

ASKED = "Send me a new link"


@pytest.fixture
def unconfirmed(app: Flask, as_user: type, maya: User) -> Visitor:
    with app.app_context():
        db.session.get_one(User, maya.id).email_verified_at = None
        db.session.commit()
    return as_user(maya)


def test_whoever_is_not_confirmed_yet_gets_another_link(
    context: Flask, unconfirmed: Visitor, maya: User
) -> None:
    assert ASKED in unconfirmed.get("/account").text
    assert unconfirmed.submit("/account/verify").status_code == 303
    assert ("accounts.mail_verify", {"user_id": maya.id}) in promises()


def test_a_mailbox_is_not_filled_with_links(context: Flask, unconfirmed: Visitor, maya: User) -> None:
    answers = [unconfirmed.submit("/account/verify") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [303] * 5 + [429]
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert len([topic for topic, _ in promises() if topic == "accounts.mail_verify"]) == 5


def test_a_confirmed_address_needs_no_link(context: Flask, as_user: type, maya: User) -> None:
    here = as_user(maya)
    assert ASKED not in here.get("/account").text
    assert here.submit("/account/verify").status_code == 422
    assert promises() == []
