"""A person's own account: links by mail, passwords, devices, profile."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app import jobs
from app.accounts.credentials import OneTimeToken, Session
from app.accounts.models import Customer, CustomerStatus, User
from app.core import clock
from app.core.database import db
from tests.factories import PASSWORD
from tests.visitor import Visitor

NEW = "seven brown geese over leeds"
IDA = {"name": "Ida Fell", "email": "ida@bluedoor.example", "password": NEW, "once": "a" * 20}


def link_mailed(app: Flask, kind: str) -> str:
    """The path in the last mail that was sent."""
    with app.app_context():
        jobs.perform_all()
    mail = app.extensions["gateways"].mailer.sent[-1]
    found = re.search(rf"http://localhost(/{kind}/\S+)", mail.text)
    assert found, mail.text
    return found[1]


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


def test_changing_the_password_ends_the_other_devices_at_once(as_user: type, maya: User) -> None:
    here, there = as_user(maya), as_user(maya)
    answer = here.submit("/account/password", current=PASSWORD, password=NEW)
    assert answer.status_code == 303
    assert here.get("/").status_code == 200
    assert there.get("/").status_code == 302


def test_the_current_password_is_asked_for(as_user: type, maya: User) -> None:
    answer = as_user(maya).submit("/account/password", current="not this one at all", password=NEW)
    assert answer.status_code == 422
    assert "This is not your current password." in answer.text


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("short", "Use 12 characters or more."),
        ("passwordpassword", "easy to guess"),
        ("mayaoseimayaosei", "easy to guess"),
        ("x" * 129, "Use 128 characters or fewer."),
        ("perforated-canary-slip", "Everybody knows this password"),
        ("y" * 10_000, "Use 128 characters or fewer."),
        ("", "Choose a new password."),
    ],
)
def test_a_bad_password_is_refused_beside_its_field(
    as_user: type, maya: User, password: str, said: str
) -> None:
    answer = as_user(maya).submit("/account/password", current=PASSWORD, password=password)
    assert answer.status_code == 422
    assert said in answer.text


@pytest.mark.parametrize(
    "password",
    [
        "tangerine lantern 7 gravel sky",
        "x" + "q7 vivid otter lamp! " * 3 + "z",
        "🦊 grüner Löwe auf 3 Wolken",
    ],
)
def test_long_and_colourful_passwords_work_exactly_as_typed(
    visitor: Visitor, as_user: type, maya: User, password: str
) -> None:
    as_user(maya).submit("/account/password", current=PASSWORD, password=password)
    assert visitor.sign_in(maya.email, password[:-1]).status_code == 422
    assert visitor.sign_in(maya.email, password).status_code == 303


def test_one_device_can_be_signed_out_and_only_ones_own(
    app: Flask, as_user: type, maya: User, ben: User
) -> None:
    here, there, other = as_user(maya), as_user(maya), as_user(ben)
    with app.app_context():
        mine = db.session.scalars(
            select(Session.id).where(Session.user_id == maya.id).order_by(Session.id)
        ).all()
        bens = db.session.scalar(select(Session.id).where(Session.user_id == ben.id))
    here.submit(f"/account/devices/{mine[1]}/end")
    here.submit(f"/account/devices/{bens}/end")
    assert there.get("/").status_code == 302
    assert here.get("/").status_code == 200
    assert other.get("/").status_code == 200


def test_signing_out_everywhere_includes_this_device(app: Flask, as_user: type, maya: User) -> None:
    here, there = as_user(maya), as_user(maya)
    assert here.submit("/account/sign-out-everywhere").location == "/login"
    assert there.get("/").status_code == 302
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Session)) == 0


def test_a_profile_is_saved_once_and_a_stale_tab_is_told(app: Flask, as_user: type, maya: User) -> None:
    here = as_user(maya)
    with app.app_context():
        version = str(db.session.get_one(User, maya.id).version)
    assert here.submit("/account", name="Maya O.", phone="07700 900123", version=version).status_code == 303
    answer = here.submit("/account", name="Someone else", version=version)
    assert answer.status_code == 409
    assert 'value="Someone else"' in answer.text, "what was typed is kept"
    with app.app_context():
        assert db.session.get_one(User, maya.id).name == "Maya O."


def test_appearance_is_written_into_the_page(as_user: type, maya: User) -> None:
    here = as_user(maya)
    here.submit("/account/appearance", theme="dark")
    assert 'data-theme="dark"' in here.get("/account").text


def test_an_application_waits_for_approval_and_proves_its_address(
    app: Flask, visitor: Visitor, owner: User
) -> None:
    answer = visitor.submit(
        "/register",
        company="Blue Door Bistro",
        name="Ida Fell",
        email="ida@bluedoor.example",
        password=NEW,
        once="a" * 20,
    )
    assert answer.location == "/registered"
    link = link_mailed(app, "verify")
    assert visitor.get(link).status_code == 200
    visitor.submit(link)
    with app.app_context():
        customer = db.session.scalars(select(Customer)).one()
        ida = db.session.scalars(select(User).where(User.email == "ida@bluedoor.example")).one()
        assert (customer.status, customer.code) == (CustomerStatus.APPLIED, "BLUE-DOOR-BISTRO")
        assert ida.email_verified_at is not None


def test_applying_twice_with_one_form_makes_one_customer(app: Flask, visitor: Visitor) -> None:
    form = {
        "company": "Blue Door",
        "name": "Ida Fell",
        "email": "ida@bluedoor.example",
        "password": NEW,
        "once": "b" * 20,
    }
    assert visitor.submit("/register", **form).status_code == 303
    again = visitor.submit("/register", **form)
    assert (again.status_code, again.location) == (303, "/registered")
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Customer)) == 1


def test_applying_with_a_known_address_looks_the_same_and_mails_its_owner(
    app: Flask, visitor: Visitor, maya: User
) -> None:
    answer = visitor.submit("/register", company="Copy", name="Maya", email=maya.email, password=NEW)
    assert answer.location == "/registered"
    with app.app_context():
        jobs.perform_all()
        assert db.session.scalar(select(func.count()).select_from(Customer)) == 1
    assert [mail.to for mail in app.extensions["gateways"].mailer.sent] == [maya.email]


def test_no_usable_link_is_kept_in_the_database(app: Flask, visitor: Visitor, maya: User) -> None:
    token = reset_link(app, visitor, maya.email).rpartition("/")[2]
    with app.app_context():
        kept = db.session.scalars(select(OneTimeToken)).one()
        assert token not in {kept.token_hash, kept.bound_to}


@pytest.mark.parametrize("once", ["\0", "a\0b", "x" * 9000, "é🦊"])
def test_any_one_time_token_is_taken_and_works_once(app: Flask, visitor: Visitor, once: str) -> None:
    for _ in range(2):
        answer = visitor.submit("/register", company="Blue Door", **IDA | {"once": once})
        assert (answer.status_code, answer.location) == (303, "/registered")
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Customer)) == 1
