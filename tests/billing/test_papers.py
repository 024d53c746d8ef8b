"""What an invoice says, on its page and in its PDF: all of it from the frozen row."""

from datetime import date
from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy import select, update

from app.billing.jobs import NO_END, TRIES
from app.billing.models import Invoice, InvoicePaper
from app.billing.queries.invoices import invoice_with_id
from app.billing.service import crediting, papers
from app.core import clock
from app.core.access import SYSTEM
from app.core.business import Setting, today
from app.core.database import db
from app.core.files import DiskFiles
from app.core.outbox import OutboxMessage
from app.core.text import in_full
from app.core.typesetting import pdf_of
from app.jobs import perform_all
from app.orders.service import moving
from tests import factories
from tests.billing.owing import invoice_for, invoice_of
from tests.orders.ordering import buying, goods, placed
from tests.orders.posted import as_millrace
from tests.orders.standing import confirmed, sent
from tests.stock.shelving import filled
from tests.visitor import Visitor


@pytest.fixture
def invoice(cafe, maya) -> Invoice:
    """Six coffees untaxed, a sleeve of cups with VAT, and the van."""
    as_millrace()
    none = factories.tax_class("zero", rate="0").id
    factories.delivery_method("North round", price_net="4.50", tax_class_id=none)
    coffee = filled(goods("House espresso", "18.40", sku="COF-HSE-1K", tax_class_id=none), 50)
    cups = filled(goods("Paper cup", "31.50", unit_label="box of 500"), 50)
    order = placed({coffee: 6, cups: 1}, cafe, by=buying(maya), po_number="CK-1119")
    sent(confirmed(order))
    return invoice_of(order)


@pytest.fixture
def buyer(as_user, maya) -> Visitor:
    return as_user(maya)


def page_of(invoice: Invoice) -> str:
    return f"/invoices/{invoice.number}"


def text_of(pdf: bytes) -> str:
    words = " ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)
    return " ".join(words.replace("\xa0", " ").split())


def made_twice(invoice: Invoice) -> tuple[bytes, bytes]:
    one, other = (papers.content_of(invoice_with_id(SYSTEM, invoice.id)) for _ in range(2))
    return tuple(pdf_of("invoice", content.values, at=content.at).pdf for content in (one, other))


def test_page_and_pdf_say_the_same_of_every_penny(buyer, invoice):
    page, pdf = buyer.get(page_of(invoice)).text, text_of(made_twice(invoice)[0])
    on = today()
    for words in (
        *("Invoice", invoice.number, "Copper Kettle Café", "14 Weir Street", "Leeds LS2 7AB"),
        *("10482", "CK-1119", in_full(on), "30 days", in_full(invoice.due_on)),
        *("House espresso", "COF-HSE-1K", "£18.40", "£110.40", "Paper cup", "box of 500"),
        *("Goods, 2 lines", "£141.90", "Delivery, North round", "£4.50"),
        *("VAT 20% on £31.50", "£6.30", "VAT 0% on £114.90", "£0.00", "Total", "£152.70"),
        *("Aire Valley Bank", "Sort code 00-00-00, account 12345678", f"Reference {invoice.number}"),
        *("Registered in England 00000000", "VAT number GB 123 4567 89", "0113 496 0182"),
    ):
        assert words in page, words
        assert words in pdf, words
    for word in ("Supplied", "Rounding", "Credits"):
        assert word not in pdf


def test_it_says_what_was_true_when_it_was_issued(buyer, invoice):
    before = made_twice(invoice)
    db.session.execute(update(Setting).values(name="Somebody else", bank_account="99999999"))
    db.session.commit()
    assert set(made_twice(invoice)) == set(before)
    assert len(set(before)) == 1, "the same row makes the same bytes"
    assert "99999999" not in buyer.get(page_of(invoice)).text


def test_a_credit_note_names_its_invoice_and_the_reason_and_asks_for_nothing(buyer, invoice):
    note = crediting.credit(
        invoice.number, lines={2: 1}, with_delivery=False, reason="Crushed cups", by=SYSTEM, on=today()
    )
    page, pdf = buyer.get(page_of(note)).text, text_of(made_twice(note)[0])
    for words in ("Credit note", note.number, invoice.number, "Crushed cups", "Total credited", "£37.80"):
        assert words in page, words
        assert words in pdf, words
    for words in ("Pay by", "Aire Valley Bank", "30 days"):
        assert words not in pdf
    assert f'£37.80 of it is credited by <a href="{page_of(note)}"' in buyer.get(page_of(invoice)).text


def test_what_was_to_be_paid_in_advance_and_was_not_says_by_when_and_where(buyer, cafe, loaf):
    as_millrace()
    order = placed({loaf: 1}, cafe, payment_method="transfer")
    moving.release(order.number, reason="They pay on Friday", by=SYSTEM, at=clock.now())
    sent(confirmed(order))
    invoice = invoice_of(order)
    page, pdf = buyer.get(page_of(invoice)).text, text_of(made_twice(invoice)[0])
    for words in ("Payment in advance", "Pay by", in_full(invoice.due_on), "Aire Valley Bank"):
        assert words in page, words
        assert words in pdf, words


def test_a_penny_of_rounding_has_a_line_of_its_own(buyer, cafe, context):
    buns = filled(goods("Buns", "0.0125"), 9000)
    order = confirmed(placed({buns: 300}, cafe))
    sent(order, {1: 50})
    sent(order, {1: 250})
    rounded = [paper for paper in db.session.scalars(select(Invoice)) if paper.rounding]
    assert rounded, "the parts come to a penny more than the whole"
    assert "Rounding" in text_of(made_twice(rounded[0])[0])


def test_asking_for_the_pdf_has_it_made_once(buyer, invoice, files):
    answers = [buyer.get(f"{page_of(invoice)}.pdf") for _ in range(2)]
    assert {(one.status_code, one.location) for one in answers} == {(303, page_of(invoice))}
    assert "The PDF is being made." in buyer.get(page_of(invoice)).text
    asked = select(OutboxMessage).where(OutboxMessage.topic == "billing.make_pdf")
    assert len(db.session.scalars(asked).all()) == 1
    perform_all()
    answer = buyer.get(f"{page_of(invoice)}.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.data == made_twice(invoice)[0]
    assert "is being made" not in buyer.get(page_of(invoice)).text


def test_a_file_that_was_lost_is_made_again(buyer, invoice, files: DiskFiles):
    buyer.get(f"{page_of(invoice)}.pdf")
    perform_all()
    files.remove(db.session.scalars(select(InvoicePaper.file)).one())
    assert buyer.get(f"{page_of(invoice)}.pdf").status_code == 303
    perform_all()
    assert buyer.get(f"{page_of(invoice)}.pdf").status_code == 200


def test_a_pdf_that_cannot_be_made_leaves_the_invoice_as_it_is(buyer, invoice, files):
    buyer.get(f"{page_of(invoice)}.pdf")
    db.session.execute(update(OutboxMessage).values(attempts=TRIES))
    db.session.commit()
    perform_all()
    page = buyer.get(page_of(invoice)).text
    assert NO_END in page
    assert "£152.70" in page
    assert buyer.get(f"{page_of(invoice)}.pdf").status_code == 303, "and may be asked for again"
    perform_all()
    assert buyer.get(f"{page_of(invoice)}.pdf").status_code == 200


def test_another_customers_invoice_does_not_exist(as_user, ben, invoice, files):
    browser = as_user(ben)
    for path in (page_of(invoice), f"{page_of(invoice)}.pdf"):
        assert browser.get(path).status_code == 404
    assert db.session.scalars(select(InvoicePaper)).all() == []


def test_what_is_written_is_never_read_as_a_template(cafe, maya, context):
    paint = filled(goods("#evil[*x*] $1$ {{7*7}} <b>"), 5)
    invoice = invoice_for({paint: 1}, cafe)
    assert "#evil[*x*] $1$ {{7*7}} <b>" in text_of(made_twice(invoice)[0])


def test_a_day_of_supply_is_named_where_it_differs(invoice):
    late = invoice_with_id(SYSTEM, invoice.id)
    assert "Supplied" not in dict(papers.content_of(late).values["facts"])
    db.session.expunge(late)
    late.supplied_on = date(2026, 1, 5)
    assert dict(papers.content_of(late).values["facts"])["Supplied"] == "5 January 2026"
