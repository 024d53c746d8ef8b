"""What is read about shipments and returns, word for word."""

from pathlib import Path

import pytest

from app.core import clock
from app.core.access import SYSTEM
from app.core.mail import Mail
from app.fulfilment.service import packing, returning, sending
from app.orders.models import Order
from app.orders.service import moving
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


def test_the_desk_hears_that_something_comes_back(context, order, maya):
    asked(order, maya)
    reads(mail_about(context, "Return 10482/R1"), "return_asked", order)


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
        "We cannot take back return 10482/R1",
        "You can send back return 10482/R1",
    ]
