"""Credit notes: cut from their invoice, numbered in a series of their own, and used for what is open at once."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from app.billing.models import Invoice
from app.billing.queries.invoices import invoice_seen_by
from app.billing.service import crediting
from app.core.access import SYSTEM
from app.core.audit import AuditEvent
from app.core.business import today
from app.core.database import db
from app.core.errors import NotFound, Refused
from app.core.outbox import OutboxMessage
from tests import factories
from tests.billing.owing import invoice_for, still_open
from tests.orders.ordering import buying, goods
from tests.stock.shelving import filled


@pytest.fixture
def invoice(cafe, loaf) -> Invoice:
    """3 loaves and 7 buns with delivery: £21.64."""
    factories.delivery_method("North round", price_net="4.50")
    return invoice_for({loaf: 3, filled(goods("Buns", "0.5333"), 90): 7}, cafe)


def credited(invoice, lines, *, with_delivery=False, reason="Damaged on arrival", by=SYSTEM):
    note = crediting.credit(
        invoice.number, lines=lines, with_delivery=with_delivery, reason=reason, by=by, on=today()
    )
    db.session.expire_all()
    return invoice_seen_by(SYSTEM, note.number)


def test_a_part_is_cut_from_the_invoice_and_makes_it_less(invoice):
    note = credited(invoice, {1: 1})
    assert note.number == f"CN-{today().year}-00001"
    assert (note.net, note.tax, note.total) == (Decimal("3.25"), Decimal("0.65"), Decimal("3.90"))
    assert (note.credits_id, note.customer_id, note.buyer) == (invoice.id, invoice.customer_id, invoice.buyer)
    of, [line] = invoice_seen_by(SYSTEM, invoice.number).lines[0], note.lines
    assert (line.quantity, line.credits_line_id, line.tax_rate) == (1, of.id, of.tax_rate)
    assert still_open(invoice) == invoice.total - note.total
    assert still_open(note) == 0


def test_part_by_part_it_comes_to_exactly_the_invoice(invoice):
    parts = [({1: 1, 2: 2}, False), ({2: 3}, True), ({1: 2, 2: 2}, False)]
    notes = [credited(invoice, lines, with_delivery=delivery) for lines, delivery in parts]
    assert sum(note.total for note in notes) == invoice.total
    assert sum(note.tax for note in notes) == invoice.tax
    assert sum(note.rounding for note in notes) == invoice.rounding
    assert [note.serial for note in notes] == [1, 2, 3]
    assert still_open(invoice) == 0


def test_of_a_credited_line_no_more_is_left(invoice):
    credited(invoice, {1: 2})
    with pytest.raises(Refused, match="1 of Sourdough can be refunded") as refusal:
        credited(invoice, {1: 2})
    assert refusal.value.field == "lines.1"
    credited(invoice, {1: 1, 2: 7}, with_delivery=True)
    with pytest.raises(Refused, match="All of it is credited"):
        credited(invoice, {1: 1})


@pytest.mark.parametrize(
    ("wrong", "field", "sentence"),
    [
        ({"lines": {9: 1}}, "lines.9", "not on this invoice"),
        ({"lines": {1: -1}}, "lines.1", "3 of Sourdough"),
        ({"lines": {1: 0}}, "lines", "1 or more"),
        ({"lines": {}}, "lines", "1 or more"),
        ({"reason": ""}, "reason", "Say why"),
        ({"reason": "x" * 201}, "reason", "200 characters"),
    ],
)
def test_what_cannot_be_credited_is_refused_in_a_sentence_and_writes_nothing(invoice, wrong, field, sentence):
    with pytest.raises(Refused, match=sentence) as refusal:
        credited(invoice, **({"lines": {1: 1}} | wrong))
    assert refusal.value.field == field
    assert db.session.scalars(select(Invoice).where(Invoice.kind == "credit_note")).all() == []


def test_a_credit_note_is_not_credited_nor_is_another_customers_invoice(invoice, deli):
    stranger = buying(factories.user("Bo Lind", role="buyer", of=deli))
    note = credited(invoice, {1: 1})
    with pytest.raises(Refused, match="is a credit note"):
        credited(note, {1: 1})
    with pytest.raises(NotFound):
        credited(invoice, {1: 1}, by=stranger)


def test_the_order_tells_it_and_the_customer_is_promised_a_mail(invoice):
    note = credited(invoice, {1: 1})
    [event] = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "order.credited"))
    assert (event.entity, event.entity_id) == ("order", invoice.order_id)
    assert event.diff["credit_note"] == [None, note.number]
    promised = select(OutboxMessage).where(OutboxMessage.topic == "billing.mail_credit_note")
    assert db.session.scalars(promised).one().payload["invoice_id"] == note.id
