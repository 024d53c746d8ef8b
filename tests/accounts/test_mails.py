"""What people read: each mail, word for word, as the worker sends it. UPDATE_MAILS=1 writes the files anew."""

import os
import re
from pathlib import Path

import pytest

from app import jobs
from app.accounts.models import Customer, User
from app.core import outbox
from app.core.business import read_business, setting
from app.core.database import db
from app.core.transaction import in_one_transaction
from app.demo import BUSINESS

FOLDER = Path(__file__).parent / "mails"
LINK = re.compile(r"(http://localhost/(?:password/reset|invite|verify)/)[0-9a-f]{64}")


@pytest.fixture
def millrace(context):
    for name, value in BUSINESS.items():
        setattr(setting(), name, value)
    db.session.commit()
    read_business()
    db.session.rollback()  # a transaction left open here would take the people made next with it
    return context


def sent(app, topic: str, **payload):
    """Promise it, let the worker keep it, and take the one mail that left."""
    in_one_transaction(lambda: outbox.promise(topic, **payload))
    jobs.perform_all()
    [mail] = app.extensions["gateways"].mailer.sent
    return mail


def applicant(user: User) -> int:
    """Their customer, as somebody who applied has described it."""
    row = db.session.get(Customer, user.customer_id)
    row.phone, row.tax_id, row.invoice_email = "0113 496 0117", "GB 987 6543 21", user.email
    db.session.commit()
    return row.id


def unsigned(user: User) -> User:
    """Somebody who was invited and has no password yet."""
    row = db.session.get(User, user.id)
    row.password_hash = None
    db.session.commit()
    return row


def deactivated(user: User) -> User:
    row = db.session.get(User, user.id)
    row.is_active = False
    db.session.commit()
    return row


MAILS = {
    "reset": lambda maya: {"email": maya.email},
    "invite": lambda maya: {"user_id": unsigned(maya).id},
    "verify": lambda maya: {"user_id": maya.id},
    "applied": lambda maya: {"user_id": maya.id},
    "already_registered": lambda maya: {"email": maya.email},
    "password_changed": lambda maya: {"user_id": maya.id},
    "welcome": lambda maya: {"user_id": maya.id},
    "application_to_desk": lambda maya: {"customer_id": applicant(maya)},
    "email_changed": lambda maya: {"user_id": maya.id, "old_email": "old@copperkettle.example"},
    "switched_off": lambda maya: {"email": deactivated(maya).email},
}
PROMISED_AS = {"switched_off": "already_registered"}  # what the job sends depends on whom it finds


def topic_of(name: str) -> str:
    return f"accounts.mail_{PROMISED_AS.get(name, name)}"


@pytest.mark.parametrize("name", MAILS)
def test_the_mail_says_exactly_this(millrace, maya, name):
    mail = sent(millrace, topic_of(name), **MAILS[name](maya))
    to = f"To: {mail.to}\nSubject: {mail.subject}\n\n"
    for suffix, body in (("txt", to + mail.text), ("html", mail.html)):
        told = LINK.sub(r"\1TOKEN", body)
        stored = FOLDER / f"{name}.{suffix}"
        if os.environ.get("UPDATE_MAILS"):
            stored.write_text(told, encoding="utf-8")
        assert told == stored.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", MAILS)
def test_text_and_html_carry_the_same_links_and_stay_small(millrace, maya, name):
    mail = sent(millrace, topic_of(name), **MAILS[name](maya))
    assert set(re.findall(r"http://localhost[^\s<>\"]*", mail.text)) == set(
        re.findall(r"http://localhost[^\s<>\"]*", mail.html)
    )
    assert len(mail.html.encode()) < 12_000
    assert "<img" not in mail.html


def test_the_link_in_an_invitation_opens_the_account(millrace, maya, visitor):
    mail = sent(millrace, "accounts.mail_invite", user_id=unsigned(maya).id)
    path = LINK.search(mail.text)[0].removeprefix("http://localhost")
    assert visitor.get(path).status_code == 200


def test_nobody_is_invited_who_has_a_password_or_is_gone(millrace, maya):
    in_one_transaction(lambda: outbox.promise("accounts.mail_invite", user_id=maya.id))
    jobs.perform_all()
    assert millrace.extensions["gateways"].mailer.sent == []


def test_a_name_cannot_add_to_a_mail(millrace, maya):
    row = db.session.get(User, maya.id)
    row.name = 'Maya <a href="https://evil.example">win</a>'
    db.session.commit()
    mail = sent(millrace, "accounts.mail_applied", user_id=maya.id)
    assert '<a href="https://evil.example">' not in mail.html
