"""Who is sent an invoice or a credit note, with what, and how often."""

from pathlib import Path

import pytest
from sqlalchemy import select, update

from app.accounts.models import Customer
from app.billing.models import Invoice, InvoicePaper
from app.billing.queries.invoices import invoice_with_id
from app.billing.service import crediting, papers
from app.core import outbox
from app.core.access import SYSTEM
from app.core.business import today
from app.core.database import db
from app.core.mail import Mail
from app.core.outbox import OutboxMessage
from app.core.text import in_full
from app.core.transaction import in_one_transaction
from app.core.typesetting import pdf_of
from app.orders.models import Order
from tests import factories
from tests.billing.owing import invoice_of
from tests.orders.ordering import buying, goods, placed
from tests.orders.posted import as_millrace, is_small_and_links_alike, mails, says_as_stored
from tests.orders.standing import confirmed, sent
from tests.stock.shelving import filled

FOLDER = Path(__file__).parent / "mails"
ACCOUNTS = "accounts@copperkettle.example"


@pytest.fixture
def order(cafe, maya) -> Order:
    """Six coffees and ten loaves, delivered for £4.50, on their way."""
    as_millrace()
    wants_invoices_at(cafe, ACCOUNTS)
    factories.delivery_method("North round", price_net="4.50")
    coffee = filled(goods("House espresso, 1 kg", "18.40", sku="COF-HSE-1K"), 100)
    bread = filled(goods("Sourdough, 800 g", "2.95", sku="BRD-SDG-800"), 100)
    made = placed({coffee: 6, bread: 10}, cafe, by=buying(maya), po_number="CK-1119")
    sent(confirmed(made))
    return made


def wants_invoices_at(customer: Customer, address: str) -> None:
    db.session.execute(update(Customer).where(Customer.id == customer.id).values(invoice_email=address))
    db.session.commit()


def credited(order: Order, reason: str = "Two loaves were burnt.") -> Invoice:
    invoice = invoice_of(order)
    note = {"lines": {2: 2}, "with_delivery": False, "reason": reason}
    return crediting.credit(invoice.number, **note, by=SYSTEM, on=today())


def about(context, kind: str) -> list[Mail]:
    return [mail for mail in mails(context) if mail.subject.startswith(kind)]


def pdf_made_of(invoice: Invoice) -> bytes:
    content = papers.content_of(invoice_with_id(SYSTEM, invoice.id))
    return pdf_of("invoice", content.values, at=content.at).pdf


def reads(mail: Mail, name: str, order: Order) -> None:
    """Word for word, but for the days, which move with the calendar."""
    invoice = invoice_of(order)
    days = {in_full(invoice.due_on): "20 December 2026", in_full(invoice.issued_on): "20 November 2026"}
    said = {"subject": mail.subject, "text": mail.text, "html": mail.html}
    for day, then in days.items():
        said = {part: words.replace(day, then) for part, words in said.items()}
    told = Mail(to=mail.to, message_id=mail.message_id, **said)
    says_as_stored(FOLDER, name, told, order)
    is_small_and_links_alike(mail)


def test_an_invoice_goes_to_the_accounts_with_its_pdf(context, order, files):
    [mail] = about(context, "Invoice")
    assert mail.to == ACCOUNTS
    [attached] = mail.attachments
    assert (attached.name, attached.type) == (f"{invoice_of(order).number}.pdf", "application/pdf")
    assert attached.content == pdf_made_of(invoice_of(order))
    reads(mail, "invoice", order)


def test_without_an_address_for_invoices_nobody_is_sent_one(context, order, cafe):
    wants_invoices_at(cafe, "")
    assert about(context, "Invoice") == []


def test_the_mail_that_goods_have_left_names_their_invoice_and_leads_to_it(context, order):
    [mail] = about(context, "Order 10482 is on its way")
    number = invoice_of(order).number
    for body in (mail.text, mail.html):
        assert number in body
        assert f"http://localhost/invoices/{number}" in body


def test_a_credit_note_goes_to_the_buyer_and_to_the_accounts_once_each(context, order, files):
    mails(context)
    credited(order)
    found = about(context, "Credit note")
    assert sorted(mail.to for mail in found) == [ACCOUNTS, "maya.osei@buyers.example"]
    assert {mail.attachments[0].name for mail in found} == {f"CN-{today().year}-00001.pdf"}
    reads(next(mail for mail in found if mail.to != ACCOUNTS), "credit_note", order)


def test_who_gets_both_is_sent_a_credit_note_once(context, order, cafe):
    wants_invoices_at(cafe, "maya.osei@buyers.example")
    mails(context)
    credited(order)
    assert [mail.to for mail in about(context, "Credit note")] == ["maya.osei@buyers.example"]


def test_a_paid_invoice_asks_for_nothing(context, order):
    statement = "UPDATE invoice_balance SET open = 0"
    db.session.connection().exec_driver_sql(statement)
    db.session.commit()
    [mail] = about(context, "Invoice")
    assert mail.subject.endswith(", paid")
    assert "nothing for you to do" in mail.text
    assert "Pay to" not in mail.text


def test_what_is_kept_of_a_mail_names_the_pdf_and_does_not_hold_it(context, order, files, as_user, tom):
    about(context, "Invoice")
    [kept] = db.session.scalars(select(OutboxMessage).where(OutboxMessage.topic == "billing.mail_invoice"))
    assert kept.sent["attachments"] == [f"{invoice_of(order).number}.pdf"]
    assert "PDF-1" not in str(kept.sent)
    page = as_user(tom).get(f"/desk/orders/{order.number}/messages/{kept.id}").text
    assert f"With {invoice_of(order).number}.pdf" in page


def test_promised_twice_it_is_mailed_once_and_the_pdf_is_made_once(context, order, files):
    invoice = invoice_of(order)
    again = {"dedupe_key": f"invoice:{invoice.id}", "invoice_id": invoice.id}
    in_one_transaction(lambda: outbox.promise("billing.mail_invoice", **again))
    assert len(about(context, "Invoice")) == 1
    assert len(db.session.scalars(select(InvoicePaper)).all()) == 1


def test_a_pdf_that_fails_makes_the_mail_wait_and_the_invoice_stands(context, order, files):
    """A file lies where the folder should be: nothing can be kept, so nothing is sent yet."""
    files.drafts.touch()
    assert about(context, "Invoice") == []
    [waiting] = db.session.scalars(select(OutboxMessage).where(OutboxMessage.topic == "billing.mail_invoice"))
    assert (waiting.attempts, waiting.done_at, waiting.dead_at) == (1, None, None)
    assert invoice_of(order).number.endswith("-00001")
    files.drafts.unlink()
    db.session.execute(update(OutboxMessage).values(not_before=OutboxMessage.created_at))
    db.session.commit()
    assert len(about(context, "Invoice")) == 1
