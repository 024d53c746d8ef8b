"""Links by mail: a forgotten password, and everything that kills a link."""

import re
from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from app import jobs
from app.accounts.credentials import OneTimeToken
from app.accounts.models import User
from app.core import clock
from app.core.database import db
from tests import factories
from tests.visitor import Visitor

NEW = "seven brown geese over leeds"


def link_mailed(app: Flask, kind: str) -> str:
    """The path in the last mail of its kind: others may go out beside it, in any order."""
    with app.app_context():
        jobs.perform_all()
    texts = [mail.text for mail in app.extensions["gateways"].mailer.sent]
    found = [link[1] for text in texts if (link := re.search(rf"http://localhost(/{kind}/\S+)", text))]
    assert found, texts
    return found[-1]


def reset_link(app: Flask, visitor: Visitor, email: str) -> str:
    assert visitor.submit("/password/forgot", email=email).location == "/password/sent"
    return link_mailed(app, "password/reset")


def test_a_forgotten_password_is_replaced_by_mail(app: Flask, visitor: Visitor, maya: User) -> None:
    link = reset_link(app, visitor, maya.email)
    assert visitor.get(link).status_code == 200
    assert visitor.submit(link, password=NEW).location == "/login"
    assert visitor.sign_in(maya.email, NEW).status_code == 303


def test_looking_at_a_link_does_not_use_it_up_but_using_it_does(
    app: Flask, visitor: Visitor, maya: User
) -> None:
    link = reset_link(app, visitor, maya.email)
    for _ in range(3):
        assert visitor.get(link).status_code == 200
    visitor.submit(link, password=NEW)
    assert visitor.get(link).status_code == 404
    assert visitor.submit(link, password="another long password here").status_code == 404


def test_a_reset_link_dies_with_time_a_sign_in_and_a_newer_link(
    app: Flask, visitor: Visitor, maya: User
) -> None:
    link = reset_link(app, visitor, maya.email)
    with clock.moved(timedelta(minutes=61)):
        assert visitor.get(link).status_code == 404
    newer = reset_link(app, visitor, maya.email)
    assert visitor.get(link).status_code == 404
    assert visitor.get(newer).status_code == 200
    visitor.sign_in(maya.email)
    assert visitor.get(newer).status_code == 404


def test_a_tampered_link_and_one_of_another_kind_are_dead(app: Flask, visitor: Visitor, maya: User) -> None:
    link = reset_link(app, visitor, maya.email)
    token = link.rpartition("/")[2]
    for path in (link[:-1] + ("0" if link[-1] != "0" else "1"), f"/invite/{token}", f"/verify/{token}"):
        assert visitor.get(path).status_code == 404


def test_forgetting_has_one_answer_and_mails_only_those_who_exist(
    app: Flask, visitor: Visitor, maya: User
) -> None:
    known = visitor.submit("/password/forgot", email=maya.email)
    unknown = visitor.submit("/password/forgot", email="nobody@nowhere.example")
    assert (known.status_code, known.location) == (unknown.status_code, unknown.location)
    with app.app_context():
        assert jobs.perform_all() == 2
    assert [mail.to for mail in app.extensions["gateways"].mailer.sent] == [maya.email]


def test_a_reset_ends_every_session(app: Flask, visitor: Visitor, as_user: type, maya: User) -> None:
    elsewhere = as_user(maya)
    link = reset_link(app, visitor, maya.email)
    visitor.submit(link, password=NEW)
    assert elsewhere.get("/").status_code == 302


def test_whoever_saved_a_password_is_told_so_where_they_sign_in(
    app: Flask, visitor: Visitor, maya: User
) -> None:
    visitor.submit(reset_link(app, visitor, maya.email), password=NEW)
    page = visitor.get("/login").text
    assert "Password saved. Sign in with it." in page
    assert f'value="{maya.email}"' in page
    assert "Password saved" not in visitor.get("/login").text


def test_somebody_invited_who_asks_for_a_password_gets_the_invitation_again(
    app: Flask, visitor: Visitor
) -> None:
    with app.app_context():
        ida = factories.user("Ida Hall", role="warehouse", password=None)
    visitor.submit("/password/forgot", email=ida.email)
    link = link_mailed(app, "invite")
    assert visitor.submit(link, password=NEW).location == "/login"
    assert visitor.sign_in(ida.email, NEW).status_code == 303


def test_no_usable_link_is_kept_in_the_database(app: Flask, visitor: Visitor, maya: User) -> None:
    token = reset_link(app, visitor, maya.email).rpartition("/")[2]
    with app.app_context():
        kept = db.session.scalars(select(OneTimeToken)).one()
        assert token not in {kept.token_hash, kept.bound_to}
