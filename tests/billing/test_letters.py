"""Statements each month and reminders: to whom, once, and only as long as there is something to say."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy import select, update

from app.accounts.models import Customer
from app.billing import reminding
from app.billing.models import InvoiceBalance
from app.billing.queries import letters as queries
from app.billing.service import letters, receiving
from app.core import clock
from app.core.access import SYSTEM
from app.core.business import read_business, setting, today
from app.core.database import db
from app.core.mail import Mail
from app.core.outbox import OutboxMessage
from app.jobs import perform_all
from app.orders.models import Order
from tests.billing.owing import came_in, invoice_for
from tests.orders.posted import is_small_and_links_alike

STEPS = (7, 14)


@pytest.fixture
def customers(cafe, deli) -> list[Customer]:
    for one in (cafe, deli):
        one.invoice_email = f"accounts@{one.code.lower()}.example"
    db.session.commit()
    return [cafe, deli]


def sent(app, words: str) -> list[Mail]:
    """What leaves when the worker has kept every promise, of those whose subject says so."""
    mailer = app.extensions["gateways"].mailer
    mailer.sent.clear()
    perform_all()
    return [mail for mail in mailer.sent if words in mail.subject]


def overdue_for(days: int, wanted, customer):
    """Papers never change: only the balance knows how long ago it was due."""
    invoice = invoice_for(wanted, customer)
    due = today() - timedelta(days=days)
    db.session.execute(
        update(InvoiceBalance).where(InvoiceBalance.invoice_id == invoice.id).values(due_on=due)
    )
    db.session.commit()
    return invoice


def promised(topic: str) -> int:
    return len(db.session.scalars(select(OutboxMessage).where(OutboxMessage.topic == topic)).all())


def test_one_mail_names_all_that_is_overdue_when_one_reaches_a_step(app, context, customers, loaf):
    cafe, deli = customers
    first, second = overdue_for(14, {loaf: 2}, cafe), overdue_for(3, {loaf: 1}, cafe)
    due = invoice_for({loaf: 1}, cafe)
    overdue_for(8, {loaf: 1}, deli)
    for _ in range(2):
        letters.send_reminders(STEPS, on=today())
    [mail] = sent(app, "overdue")
    assert (mail.to, mail.subject) == ("accounts@copper-kettle-caf.example", "£11.70 is overdue")
    assert (first.number in mail.text, second.number in mail.text, due.number in mail.text) == (1, 1, 0)
    assert "£7.80, due" in mail.text
    assert "14 days late" in mail.text
    is_small_and_links_alike(mail)
    assert set(queries.last_reminders([cafe.id, deli.id])) == {cafe.id}
    letters.send_reminders(STEPS, on=today())
    assert sent(app, "overdue") == []


def test_whoever_has_paid_meanwhile_hears_nothing(app, context, customers, loaf):
    invoice = overdue_for(7, {loaf: 1}, customers[0])
    letters.send_reminders(STEPS, on=today())
    money = came_in("3.90", customers[0])
    receiving.allocate(money.id, {invoice.number: Decimal("3.90")}, by=SYSTEM, on=today())
    assert sent(app, "overdue") == []
    assert queries.last_reminders([customers[0].id]) == {}


def test_whoever_paid_what_we_have_not_allocated_yet_hears_nothing(app, context, customers, loaf):
    cafe, deli = customers
    overdue_for(7, {loaf: 2}, cafe)
    overdue_for(7, {loaf: 2}, deli)
    came_in("7.80", cafe)
    came_in("5.00", deli)
    letters.send_reminders(STEPS, on=today())
    [mail] = sent(app, "overdue")
    assert (mail.to, mail.subject) == (deli.invoice_email, "£7.80 is overdue")
    assert "We hold £5.00 of yours that has paid no invoice yet: £2.80 is left to pay." in mail.text
    is_small_and_links_alike(mail)


def test_without_an_address_or_without_steps_nobody_is_reminded(app, context, cafe, loaf):
    overdue_for(7, {loaf: 1}, cafe)
    letters.send_reminders(STEPS, on=today())
    cafe.invoice_email = "accounts@kettle.example"
    db.session.commit()
    letters.send_reminders(reminding.steps_of(""), on=today())
    assert promised("billing.mail_reminder") == 0


def test_the_daily_job_goes_by_the_settings(app, context, customers, loaf):
    overdue_for(9, {loaf: 1}, customers[0])
    setting().reminder_days = "9"
    db.session.commit()
    read_business()
    db.session.add(OutboxMessage(topic="billing.send_reminders", payload={}))
    db.session.commit()
    assert len(sent(app, "overdue")) == 1


def test_a_statement_of_the_month_goes_to_everybody_with_an_account(
    app, context, customers, loaf, monkeypatch
):
    monkeypatch.setattr(queries, "AT_A_TIME", 1)
    cafe = customers[0]
    month = today().replace(day=1)
    before = datetime(month.year, month.month, 1, 12, tzinfo=UTC) - timedelta(days=10)
    with clock.moved(before - clock.now()):
        invoice_for({loaf: 2}, cafe)
    for _ in range(2):
        letters.send_statements(on=today())
    [mail] = sent(app, "statement")
    assert (mail.to, mail.subject) == (cafe.invoice_email, f"Your statement for {before:%B %Y}")
    assert "Closing balance     £7.80" in mail.text
    is_small_and_links_alike(mail)
    [paper] = mail.attachments
    words = " ".join(page.extract_text() for page in PdfReader(BytesIO(paper.content)).pages)
    assert (paper.name.endswith(".pdf"), "£7.80" in words, "Copper Kettle" in words) == (True, True, True)
    letters.send_statements(on=today())
    assert (sent(app, "statement"), promised("billing.mail_statement")) == ([], 1)


def test_what_happens_after_the_month_is_no_part_of_its_statement(app, context, customers, loaf):
    invoice_for({loaf: 1}, customers[0])
    letters.send_statements(on=today())
    assert promised("billing.mail_statement") == 1, "an invoice is open"
    assert sent(app, "statement") == [], "and nothing was by the end of the month"
    assert db.session.query(Order).count() == 1


@pytest.mark.parametrize(
    ("typed", "steps"), [("7, 14, 30", (7, 14, 30)), ("30,7,7", (7, 30)), ("", ()), (" 1 ", (1,))]
)
def test_days_are_read_as_they_are_meant(typed, steps):
    assert reminding.steps_of(typed) == steps


@pytest.mark.parametrize("typed", ["0", "366", "7; 14", "seven", "-7", "1,2,3,4,5,6,7", "٣", "9" * 99])
def test_what_is_no_list_of_days_is_refused(typed):
    with pytest.raises(ValueError, match="No days"):
        reminding.steps_of(typed)


def test_a_step_is_so_many_days_after_the_due_day():
    assert reminding.due_on_one_of((7, 30), date(2026, 3, 31)) == [date(2026, 3, 24), date(2026, 3, 1)]
