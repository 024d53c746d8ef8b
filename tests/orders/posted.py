"""What tests of mails about orders share: Millrace, an order with a number of its own, and the mails that left."""

import os
import re
from pathlib import Path

from flask import Flask
from sqlalchemy import text

from app import jobs
from app.core.business import read_business, setting, today
from app.core.database import db
from app.core.mail import Mail
from app.core.text import long_day
from app.millrace import BUSINESS
from app.orders.models import Order

LINK = re.compile(r"http://localhost[^\s<>\"]*")


def as_millrace() -> None:
    """The business of the stored mails; its next order is 10482, its next return 12, until the test is undone."""
    for name, value in BUSINESS.items():
        setattr(setting(), name, value)
    db.session.execute(text("ALTER SEQUENCE order_number RESTART WITH 10482"))
    db.session.execute(text("ALTER SEQUENCE return_id_seq RESTART WITH 12"))
    db.session.commit()
    read_business()


def mails(app: Flask) -> list[Mail]:
    """What leaves when the worker has kept every promise; the test before this is forgotten."""
    mailer = app.extensions["gateways"].mailer
    mailer.sent.clear()
    jobs.perform_all()
    return list(mailer.sent)


def mail_about(app: Flask, words: str) -> Mail:
    """The one whose subject says so."""
    [found] = [mail for mail in mails(app) if words in mail.subject]
    return found


def says_as_stored(folder: Path, name: str, mail: Mail, order: Order) -> None:
    """Word for word, but for what moves with the calendar. UPDATE_MAILS=1 writes the files anew."""
    to = f"To: {mail.to}\nSubject: {mail.subject}\n\n"
    day = long_day(order.promised_on)
    for suffix, body in (("txt", to + mail.text), ("html", mail.html)):
        told = body.replace(day, "Friday 20 November").replace(f"-{today().year}-", "-2026-")
        stored = folder / f"{name}.{suffix}"
        if os.environ.get("UPDATE_MAILS"):
            stored.write_text(told, encoding="utf-8")
        assert told == stored.read_text(encoding="utf-8")


def is_small_and_links_alike(mail: Mail) -> None:
    assert set(LINK.findall(mail.text)) == set(LINK.findall(mail.html))
    assert len(mail.html.encode()) < 12_000
    assert "<img" not in mail.html
