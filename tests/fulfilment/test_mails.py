"""What is read about shipments and returns, word for word."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app.core import clock, outbox
from app.core.access import SYSTEM
from app.core.database import db
from app.core.mail import Mail
from app.core.outbox import OutboxMessage
from app.core.text import long_day
from app.core.transaction import in_one_transaction
from app.fulfilment.service import packing, returning, sending
from app.orders.amended import Changes
from app.orders.models import Order
from app.orders.service import amending, moving
from tests import factories
from tests.orders.ordering import able_to_order, as_it_is, buying, goods, placed
from tests.orders.posted import as_millrace, is_small_and_links_alike, mail_about, mails, says_as_stored
from tests.stock.shelving import filled

FOLDER = Path(__file__).parent / "mails"


@pytest.fixture
def order(context, copper_kettle, maya) -> Order:
    """Confirmed: six coffees and ten loaves."""
    as_millrace()
    factories.delivery_method("North round")
    coffee = filled(goods("House espresso, 1 kg", "18.40", sku="COF-HSE-1K"), 100)
    bread = filled(goods("Sourdough, 800 g", "2.95", sku="BRD-SDG-800"), 100)
    cafe = able_to_order(copper_kettle)
    made = placed({coffee: 6, bread: 10}, cafe, by=buying(maya), po_number="CK-1119")
    return moving.confirm(made.number, by=SYSTEM, at=clock.now())


def shipped(order: Order, *, picked: dict[int, int] | None = None, **how: str) -> None:
    shipment = packing.open_shipment(order.number, by=SYSTEM, at=clock.now())
    packing.pack(shipment.id, picked=picked, by=SYSTEM, at=clock.now())
    sending.ship(shipment.id, **how, by=SYSTEM, at=clock.now())


def asked(order: Order, maya) -> int:
    shipped(order)
    reason = "Two loaves are burnt at the base."
    return returning.ask(order.number, lines={2: 2}, reason=reason, by=buying(maya)).id


def notices() -> list[OutboxMessage]:
    """That something left, the first one first."""
    topic = OutboxMessage.topic == "fulfilment.mail_shipped"
    return list(db.session.scalars(select(OutboxMessage).where(topic).order_by(OutboxMessage.id)))


def reads(mail: Mail, name: str, order: Order) -> None:
    says_as_stored(FOLDER, name, mail, as_it_is(order))
    is_small_and_links_alike(mail)


def test_a_shipment_says_what_left_and_what_follows(context, order):
    mails(context)
    shipped(order, picked={1: 6, 2: 8}, carrier="DPD", tracking="15 5020 4410")
    reads(mail_about(context, "A part of order 10482"), "shipped_in_part", order)
    shipped(order)
    reads(mail_about(context, "Order 10482 is on its way"), "shipped", order)


def test_what_left_is_told_as_it_was_even_when_the_rest_is_cancelled(context, order):
    shipped(order, picked={1: 6, 2: 8})
    moving.cancel_remainder(order.number, reason="None left", by=SYSTEM, at=clock.now())
    assert "The rest follows" in mail_about(context, "A part of order 10482").text


def test_what_was_not_found_and_is_cancelled_is_told_with_the_reason(context, order):
    shipment = packing.open_shipment(order.number, by=SYSTEM, at=clock.now())
    short = {"picked": {1: 6, 2: 8}, "when_short": packing.WhenShort.CANCEL}
    packing.pack(shipment.id, **short, by=SYSTEM, at=clock.now())
    told = mail_about(context, "has changed").text
    assert "- Sourdough, 800 g (BRD-SDG-800): 10 → 8" in told
    assert "The reason: Not all of it was on the shelf" in told


def test_those_who_may_answer_hear_that_something_comes_back(context, order, maya, wanda):
    """And nobody else: not the warehouse, and not who has left."""
    factories.user("Amir Shah", role="accounts")
    factories.user("Manuel Ortiz", role="manager")
    gone = factories.user("Grace Lim", role="accounts")
    asked(order, maya)
    gone.is_active = False
    db.session.commit()
    told = {mail.to: mail for mail in mails(context) if mail.subject.startswith("Return ")}
    assert set(told) == {"amir.shah@staff.example", "manuel.ortiz@staff.example"}
    reads(told["amir.shah@staff.example"], "return_asked", order)


@pytest.mark.parametrize(
    ("name", "is_approved", "decision"),
    [
        ("return_approved", True, "Hand them to our driver tomorrow."),
        ("return_rejected", False, "They were ordered well done."),
    ],
)
def test_the_buyer_hears_our_answer(context, order, maya, name, is_approved, decision):  # noqa: PLR0917 - who asks, and what is answered
    return_id = asked(order, maya)
    mails(context)
    returning.decide(return_id, is_approved=is_approved, decision=decision, by=SYSTEM, at=clock.now())
    [mail] = mails(context)
    reads(mail, name, order)


def test_an_answer_that_changed_is_told_as_it_was_given(context, order, maya):
    return_id = asked(order, maya)
    mails(context)
    returning.decide(return_id, is_approved=True, decision="", by=SYSTEM, at=clock.now())
    returning.decide(return_id, is_approved=False, decision="It never came.", by=SYSTEM, at=clock.now())
    assert sorted(mail.subject for mail in mails(context)) == [
        "Return 10482/R1: we cannot take it back",
        "Return 10482/R1: you can send it back",
    ]


def test_a_mail_that_waits_tells_the_day_that_was_promised_then(context, order):
    mails(context)
    promised = long_day(order.promised_on)
    shipped(order, picked={1: 6, 2: 8})
    later = Changes(deliver_on=order.promised_on + timedelta(days=7))
    moved = amending.amend(order.number, later, by=SYSTEM, at=clock.now())
    text = mail_about(context, "A part of order 10482").text
    assert f"to arrive {promised}" in text
    assert long_day(moved.promised_on) not in text


def test_a_mail_that_is_sent_again_says_the_same(context, order, as_user, tom):
    shipped(order, picked={1: 6, 2: 8})
    first = mail_about(context, "A part of order 10482")
    shipped(order)
    path = f"/desk/orders/{order.number}/messages/{notices()[0].id}"
    assert as_user(tom).submit(f"{path}/send").status_code == 303
    again = mail_about(context, "A part of order 10482")
    assert (again.text, again.html) == (first.text, first.html)


def test_a_mail_that_never_left_is_not_said_to_be_sent(context, order, as_user, tom):
    """As where no mail server is set up."""
    desk = as_user(tom)
    shipped(order)
    mail = mail_about(context, "Order 10482 is on its way")
    for has_left, words in (
        (True, f"Shipping notice sent to {mail.to}"),
        (False, "Shipping notice kept, not sent"),
    ):
        [message] = notices()
        message.sent, message.done_at = mail.as_kept(with_secrets=False, left=has_left), clock.now()
        db.session.commit()
        assert words in desk.get(f"/desk/orders/{order.number}").text


def test_a_notice_that_kept_nothing_tells_what_is(context, order):
    """Like those of the demo, when somebody sends one again."""
    shipped(order)
    first = mail_about(context, "Order 10482 is on its way")
    [message] = notices()
    kept = {name: value for name, value in message.payload.items() if name != "told"}
    in_one_transaction(lambda: outbox.promise(message.topic, **kept))
    assert mail_about(context, "Order 10482 is on its way").text == first.text
