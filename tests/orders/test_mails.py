"""What buyers and the desk read about orders, word for word; one mail for each thing that happened."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from app import jobs
from app.accounts.models import Customer, User
from app.core import clock, outbox
from app.core.access import SYSTEM
from app.core.database import db
from app.core.outbox import OutboxMessage
from app.core.text import long_day
from app.core.transaction import in_one_transaction
from app.customers.models import Address
from app.orders.amended import Changes
from app.orders.mailed import Mailed
from app.orders.models import Order
from app.orders.queries.ways import days_for
from app.orders.service import amending, moving
from tests import factories
from tests.orders.ordering import DOOR, as_it_is, buying, goods, placed
from tests.orders.posted import as_millrace, is_small_and_links_alike, mail_about, mails, says_as_stored
from tests.orders.standing import confirmed, sent
from tests.stock.shelving import filled

FOLDER = Path(__file__).parent / "mails"
NOTES = "Side door code 4471. Please put the croissants in the chest freezer."
Placing = Callable[..., Order]


@pytest.fixture
def place(cafe, maya) -> Placing:
    """Maya orders coffee, and bread with a long name; the North round is free above £50."""
    as_millrace()
    factories.delivery_method("North round", price_net="6.50", free_over_net="50")
    coffee = filled(goods("House espresso, 1 kg", "18.40", sku="COF-HSE-1K"), 100)
    bread = goods("Sourdough with walnuts and figs, sliced, 800 g", "2.95", sku="BRD-SDG-800")
    wanted = {coffee: 6, filled(bread, 100): 10}
    return lambda **terms: placed(wanted, cafe, by=buying(maya), po_number="CK-1119", **terms)


def amended(order: Order) -> None:
    products = [item.product_id for item in order.items]
    changes = Changes(items={products[0]: 2, products[1]: 12})
    amending.amend(order.number, changes, by=SYSTEM, at=clock.now(), version=order.version)


def cancelled(order: Order) -> None:
    moving.cancel(order.number, reason="You rang us: wrong day", by=SYSTEM, at=clock.now())


def remainder_cancelled(order: Order) -> None:
    confirmed(order)
    sent(order, {1: 6, 2: 4})
    moving.cancel_remainder(order.number, reason="The mill is closed", by=SYSTEM, at=clock.now())


def noted(order: Order, text: str = "Leave it at number 12.\nWe are closed in the morning.") -> None:
    maya = replace(SYSTEM, name="Maya Osei", is_staff=False, customer_id=order.customer_id)
    moving.note(order.number, text=text, for_buyer=True, by=maya)


MAILS: dict[str, tuple[str, Callable[[Order], object]]] = {
    "received": ("Order 10482: ", lambda order: None),
    "received_at_desk": ("New order", lambda order: None),
    "confirmed": ("is confirmed", lambda order: moving.confirm(order.number, by=SYSTEM, at=clock.now())),
    "changed": ("has changed", amended),
    "remainder_cancelled": ("has changed", remainder_cancelled),
    "cancelled": ("is cancelled", cancelled),
    "note_at_desk": ("Note on order 10482", noted),
}


@pytest.mark.parametrize("name", MAILS)
def test_the_mail_says_exactly_this(context, place, name):
    order = place(notes=NOTES)
    words, act = MAILS[name]
    act(order)
    mail = mail_about(context, words)
    says_as_stored(FOLDER, name, mail, as_it_is(order))
    is_small_and_links_alike(mail)


def test_a_change_of_the_terms_is_told_with_what_was_before(context, place, cafe):
    order = place()
    first = order.promised_on
    later = days_for(order, clock.now())[1]
    door = factories.saved(Address(customer_id=cafe.id, **DOOR | {"line1": "9 Canal Road"}))
    changes = Changes(deliver_on=later, address_id=door.id, po_number="CK-2000")
    amending.amend(order.number, changes, by=SYSTEM, at=clock.now())
    told = mail_about(context, "has changed").text
    assert f"- Day: {long_day(first)} → {long_day(later)}" in told
    assert "- Address: Copper Kettle Café, 14 Weir Street, Leeds LS2 7AB → Copper Kettle Café, 9 C" in told
    assert "- Reference: CK-1119 → CK-2000" in told
    assert "- Note" not in told


def test_notes_of_staff_stay_out_of_the_desks_mailbox(context, place):
    order = place()
    mails(context)
    moving.note(order.number, text="Ring them", for_buyer=True, by=SYSTEM)
    assert mails(context) == []


def test_every_note_of_a_buyer_is_one_mail_that_no_buyer_sees(context, place, as_user, maya):
    order = place()
    mails(context)
    browser = as_user(maya)
    for text in ("One", "Two"):
        noted(order, text)
    assert [mail.subject for mail in mails(context)] == ["Note on order 10482: Copper Kettle Café"] * 2
    assert "Note to the desk" not in browser.get(f"/orders/{order.number}").text


def test_whoever_pays_in_advance_reads_how(context, place, cafe):
    db.session.merge(cafe).payment_terms = "prepay"
    db.session.commit()
    order = place()
    mail = mail_about(context, "Order 10482: ")
    says_as_stored(FOLDER, "received_in_advance", mail, order)
    is_small_and_links_alike(mail)


def test_over_the_credit_limit_buyer_and_desk_read_that_it_waits(context, place, cafe):
    db.session.merge(cafe).credit_limit = 10
    db.session.commit()
    place()
    buyers, desks = sorted(mails(context), key=lambda mail: mail.subject, reverse=True)
    assert "It goes over your credit limit, so the order desk looks at it first." in buyers.text
    assert "It is on hold: over the credit limit." in desks.text


def test_each_thing_that_happened_is_told_once(context, place):
    order = place()
    moving.confirm(order.number, by=SYSTEM, at=clock.now())
    assert len(mails(context)) == 3
    assert mails(context) == []


def test_a_mail_tells_what_was_true_when_it_was_promised(context, place):
    order = place()
    total = Decimal(order.subtotal_net + order.delivery_net + order.tax_total)
    cancelled(order)
    subjects = [mail.subject for mail in mails(context)]
    assert any(f"Order 10482: £{total:.2f}" in subject for subject in subjects)
    assert "Order 10482 is cancelled" in subjects


def test_a_promise_that_kept_nothing_tells_what_is(context, place):
    order = place()
    mails(context)
    in_one_transaction(lambda: outbox.promise("orders.mail_received", order_id=order.id))
    assert mail_about(context, "Order 10482: £167.88").to == "maya.osei@buyers.example"


def test_mails_are_among_the_buyers_own_and_about_the_order(context, place, maya):
    order = place()
    jobs.perform_all()
    kept = {row.topic: row for row in db.session.query(OutboxMessage)}
    assert {row.about for row in kept.values()} == {f"order:{order.id}"}
    assert kept["orders.mail_received"].user_id == maya.id
    assert kept["orders.mail_received_at_desk"].user_id is None


@pytest.mark.parametrize(
    ("is_active", "invoice_email", "to"),
    [
        (True, "office@copperkettle.example", "maya.osei@buyers.example"),
        (False, "office@copperkettle.example", "office@copperkettle.example"),
        (False, "", None),
    ],
)
def test_it_goes_to_the_buyer_or_else_to_the_office(context, place, maya, is_active, invoice_email, to):  # noqa: PLR0917 - who reads it
    place()
    db.session.get_one(User, maya.id).is_active = is_active
    db.session.get_one(Customer, maya.customer_id).invoice_email = invoice_email
    db.session.commit()
    found = [mail for mail in mails(context) if "New order" not in mail.subject]
    assert [mail.to for mail in found] == ([to] if to else [])
    assert all(("Maya" in mail.text) == is_active for mail in found)


def test_a_name_or_a_note_cannot_add_to_a_mail(context, place, cafe):
    db.session.merge(cafe).name = "Kettle\r\nBcc: all@evil.example"
    db.session.commit()
    place(notes='<a href="https://evil.example">win</a>')
    for mail in mails(context):
        assert "\n" not in mail.subject
        assert "\r" not in mail.subject
        assert '<a href="https://evil.example">' not in mail.html


def test_a_long_order_names_some_lines_and_counts_the_rest(context, place, cafe, maya):
    place()
    mails(context)
    many = {
        filled(goods(f"A rather long name of a product, {number}", "1.00"), 1): 1 for number in range(100)
    }
    order = placed(many, cafe, by=buying(maya))
    assert (len(Mailed.of(order).lines), order.line_count) == (12, 100)
    mail = mail_about(context, "Order 10483: ")
    assert "And 88 more lines, all on its page" in mail.text
    assert "And 88 more lines, all on its page" in mail.html
    is_small_and_links_alike(mail)


def test_without_a_day_nothing_is_promised(context, cafe, maya):
    as_millrace()
    loaf = filled(goods("Sourdough", "2.95"), 10)
    placed({loaf: 1}, cafe, by=buying(maya), deliver_on=None)
    mail = mail_about(context, "Order 10482: ")
    assert "Order 10482 is with us." in mail.text
    assert str(date.today().year) not in mail.subject
