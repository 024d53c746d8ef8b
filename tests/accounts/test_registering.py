"""The page of trade applications: one answer, one customer, and an address that is proved."""

import re

import pytest
from flask import Flask
from sqlalchemy import func, select

from app import jobs
from app.accounts.models import Customer, CustomerStatus, User
from app.core.database import db
from tests import factories
from tests.accounts.test_links import NEW, link_mailed
from tests.customers.test_applications import TERMS
from tests.visitor import Visitor

IDA = {"name": "Ida Fell", "email": "ida@bluedoor.example", "password": NEW, "once": "a" * 20}


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


def test_somebody_deactivated_who_applies_hears_by_mail_whom_to_ask(
    app: Flask, visitor: Visitor, as_user: type, owner: User, maya: User
) -> None:
    as_user(owner).submit(f"/admin/users/{maya.id}/deactivate", version="1")
    facts = {"company": "Copy", "name": "Maya", "password": NEW}
    stranger = visitor.submit("/register", email="new@blue.example", **facts)
    answer = visitor.submit("/register", email=maya.email, **facts)
    assert (answer.status_code, answer.location) == (stranger.status_code, stranger.location)
    with app.app_context():
        jobs.perform_all()
        mails = [mail for mail in app.extensions["gateways"].mailer.sent if mail.to == maya.email]
    assert ["is switched off" in mail.subject for mail in mails] == [True]
    assert "/password/forgot" not in mails[0].text + mails[0].html


def test_somebody_invited_who_applies_gets_the_invitation_again(app: Flask, visitor: Visitor) -> None:
    with app.app_context():
        mia = factories.user("Mia Hall", role="warehouse", password=None)
    facts = {"company": "Copy", "name": "Mia", "email": mia.email, "password": NEW}
    assert visitor.submit("/register", **facts).location == "/registered"
    assert visitor.submit(link_mailed(app, "invite"), password=NEW).location == "/login"


def test_the_welcome_is_among_the_emails_of_whoever_applied(
    app: Flask, visitor: Visitor, as_user: type, owner: User
) -> None:
    visitor.submit("/register", company="Blue Door", **IDA)
    with app.app_context():
        customer = db.session.scalars(select(Customer)).one()
    opened = as_user(owner).submit(f"/admin/applications/{customer.id}/approve", **TERMS)
    assert opened.status_code == 303
    with app.app_context():
        jobs.perform_all()
    visitor.sign_in(IDA["email"], NEW)
    subjects = re.findall(r'<a href="/account/emails/\d+">([^<]+)</a>', visitor.get("/account/emails").text)
    assert len(subjects) == 2, "that we have the application, and that the account is open"


def test_a_confirmed_address_says_so(app: Flask, visitor: Visitor) -> None:
    visitor.submit("/register", company="Blue Door", **IDA)
    visitor.submit(link_mailed(app, "verify"))
    assert "Your address is confirmed" in visitor.get("/login").text


@pytest.mark.parametrize("once", ["\0", "a\0b", "x" * 9000, "é🦊"])
def test_any_one_time_token_is_taken_and_works_once(app: Flask, visitor: Visitor, once: str) -> None:
    for _ in range(2):
        answer = visitor.submit("/register", company="Blue Door", **IDA | {"once": once})
        assert (answer.status_code, answer.location) == (303, "/registered")
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Customer)) == 1
