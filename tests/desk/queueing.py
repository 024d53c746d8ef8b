"""Orders where the queue shows them, and what a page of it says."""

import re
from datetime import timedelta
from typing import Any

from werkzeug.test import TestResponse

from app.core import clock
from app.core.access import SYSTEM
from app.core.business import today
from app.core.database import db
from app.fulfilment.service import packing, sending
from app.orders.models import Order
from app.orders.service import moving
from tests.orders.ordering import placed


def listed(answer: TestResponse) -> list[int]:
    """The orders of a page, from its top."""
    return [int(number) for number in re.findall(r'name="order" value="(\d+)"', answer.text)]


def tabs(answer: TestResponse) -> dict[str, int]:
    found = re.findall(r">([A-Z][a-z ]+) <span class=\"count count--quiet\">([\d,+]+)<", answer.text)
    return {label: int(count) for label, count in found}


def flags(answer: TestResponse, number: int) -> list[str]:
    """What is said under the customer's name."""
    row = re.search(rf'value="{number}".*?</tr>', answer.text, re.S)
    assert row
    return [word.strip() for word in re.findall(r'data-tone="\w+"><svg.*?</svg>([^<]+)<', row[0])]


def confirmed(*what: Any, **terms: Any) -> Order:
    order = placed(*what, **terms)
    return moving.confirm(order.number, by=SYSTEM, at=clock.now())


def picking(*what: Any) -> Order:
    order = confirmed(*what)
    packing.open_shipment(order.number, by=SYSTEM, at=clock.now())
    return order


def packed(*what: Any) -> Order:
    order = confirmed(*what)
    shipment = packing.open_shipment(order.number, by=SYSTEM, at=clock.now())
    packing.pack(shipment.id, by=SYSTEM, at=clock.now())
    return order


def sent_in_part(order: Order) -> Order:
    """One of its first line, and the rest later."""
    shipment = packing.open_shipment(order.number, lines={1: 1}, by=SYSTEM, at=clock.now())
    packing.pack(shipment.id, by=SYSTEM, at=clock.now())
    sending.ship(shipment.id, by=SYSTEM, at=clock.now())
    return order


def promised(order: Order, days: int) -> Order:
    """As if it had been promised for so many days from today."""
    order.promised_on = today() + timedelta(days=days)
    db.session.commit()
    return order
