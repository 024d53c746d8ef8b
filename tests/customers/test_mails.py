"""What customers read: each mail, word for word, as the worker sends it. UPDATE_MAILS=1 writes the files anew."""

import os
from pathlib import Path

from app import jobs
from app.accounts.queries.people import first_buyer_of
from app.accounts.service import people
from app.core import clock
from app.core.business import read_business, setting
from app.core.database import db
from app.demo import BUSINESS
from tests.accounts.acting import acting
from tests.customers.test_applications import REASON

FOLDER = Path(__file__).parent / "mails"


def test_a_refusal_says_exactly_this(app, desk, mill):
    for name, value in BUSINESS.items():
        setattr(setting(), name, value)
    db.session.commit()
    read_business()
    desk.submit(f"/admin/applications/{mill.id}/refuse", reason=REASON)
    app.extensions["gateways"].mailer.sent.clear()
    jobs.perform_all()
    [mail] = [mail for mail in app.extensions["gateways"].mailer.sent if "application to" in mail.subject]
    to = f"To: {mail.to}\nSubject: {mail.subject}\n\n"
    for suffix, told in (("txt", to + mail.text), ("html", mail.html)):
        stored = FOLDER / f"refused.{suffix}"
        if os.environ.get("UPDATE_MAILS"):
            stored.write_text(told, encoding="utf-8")
        assert told == stored.read_text(encoding="utf-8")


def test_whoever_was_deleted_meanwhile_gets_no_mail(app, desk, owner, mill):
    desk.submit(f"/admin/applications/{mill.id}/refuse", reason=REASON)
    app.extensions["gateways"].mailer.sent.clear()
    people.remove(first_buyer_of(mill.id).id, by=acting(owner), at=clock.now())
    jobs.perform_all()
    assert [mail for mail in app.extensions["gateways"].mailer.sent if "application to" in mail.subject] == []


def test_a_reason_cannot_add_to_a_mail(app, desk, mill):
    desk.submit(f"/admin/applications/{mill.id}/refuse", reason='<a href="https://evil.example">win</a>')
    jobs.perform_all()
    mail = app.extensions["gateways"].mailer.sent[-1]
    assert '<a href="https://evil.example">' not in mail.html
