"""What runs low is told once to those who look after stock, and again when there was enough meanwhile."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from app import jobs
from app.accounts.models import User
from app.catalogue.models import ProductStatus
from app.core import clock, outbox
from app.core.access import SYSTEM
from app.core.business import read_business, setting
from app.core.database import db
from app.core.transaction import in_one_transaction
from app.demo import BUSINESS
from app.schedule import SCHEDULE
from app.stock import service
from tests import factories
from tests.stock.shelving import Line, filled

FOLDER = Path(__file__).parent / "mails"

pytestmark = pytest.mark.usefixtures("context", "wanda")


@pytest.fixture
def look(app):
    """Look for what is low as the clock does; the mails that left."""

    def looked() -> list:
        mailer = app.extensions["gateways"].mailer
        mailer.sent.clear()
        in_one_transaction(lambda: outbox.promise("stock.notice_low"))
        jobs.perform_all()
        return list(mailer.sent)

    return looked


@pytest.mark.usefixtures("owner", "tom", "maya")
def test_everybody_who_looks_after_stock_gets_one_mail_about_all_of_it(look, sourdough, rye):
    filled(sourdough, 3, low_at=5), filled(rye, 0, low_at=0)
    mails = look()
    assert sorted(mail.to for mail in mails) == ["hana.whitlock@staff.example", "wanda.price@staff.example"]
    assert {mail.subject for mail in mails} == {"2 products run low"}
    assert all("Sourdough, 800 g" in mail.text and "Dark rye" in mail.text for mail in mails)


def test_it_is_told_once_until_there_is_enough_again(look, sourdough):
    filled(sourdough, 6, low_at=5)
    assert look() == []
    service.reserve([Line(sourdough.id, 1)])
    assert len(look()) == 1
    service.reserve([Line(sourdough.id, 2)])
    assert look() == []
    service.receive(sourdough.id, 10, by=SYSTEM)
    assert look() == []
    service.reserve([Line(sourdough.id, 9)])
    assert len(look()) == 1


def test_what_came_in_before_the_mail_left_is_not_told(app, sourdough):
    filled(sourdough, 3, low_at=5)
    service.notice_low(at=clock.now())
    service.receive(sourdough.id, 10, by=SYSTEM)
    jobs.perform_all()
    assert app.extensions["gateways"].mailer.sent == []


def test_nobody_is_told_of_what_is_not_on_sale_or_has_no_limit(look, sourdough):
    filled(factories.product("Draft", status=ProductStatus.DRAFT), 1, low_at=5)
    filled(factories.product("Old", status=ProductStatus.DISCONTINUED), 1, low_at=5)
    filled(sourdough, 1)
    assert look() == []


def test_whoever_cannot_sign_in_is_not_told(look, wanda, sourdough):
    factories.user("Ida Hall", role="warehouse", password=None)
    filled(sourdough, 1, low_at=5)
    assert [mail.to for mail in look()] == [wanda.email]


@pytest.mark.parametrize("change", [{"is_active": False}, {"deleted_at": datetime(2026, 11, 20, tzinfo=UTC)}])
def test_whoever_left_before_the_mail_did_is_not_told(app, wanda, sourdough, change):
    filled(sourdough, 1, low_at=5)
    service.notice_low(at=clock.now())
    db.session.execute(update(User).where(User.id == wanda.id).values(**change))
    db.session.commit()
    jobs.perform_all()
    assert app.extensions["gateways"].mailer.sent == []


def test_the_clock_looks_every_quarter_of_an_hour():
    assert SCHEDULE["stock.notice_low"].words == "Every 15 minutes"
    assert SCHEDULE["stock.notice_low"].pause == timedelta(minutes=15)


@pytest.mark.parametrize("count", [1, 33])
def test_the_mail_says_exactly_this(look, count):
    """UPDATE_MAILS=1 writes the files anew."""
    for name, value in BUSINESS.items():
        setattr(setting(), name, value)
    db.session.commit()
    read_business()
    db.session.rollback()
    for number in range(count):
        loaf = factories.product(
            f"Loaf <{number:02}>", sku=f"LOAF-{number:02}", shelf="A-11" if number else ""
        )
        filled(loaf, number, low_at=40)
    [mail] = look()
    to = f"To: {mail.to}\nSubject: {mail.subject}\n\n"
    for suffix, body in (("txt", to + mail.text), ("html", mail.html)):
        stored = FOLDER / f"low_{count}.{suffix}"
        if os.environ.get("UPDATE_MAILS"):
            stored.write_text(body, encoding="utf-8")
        assert body == stored.read_text(encoding="utf-8")
