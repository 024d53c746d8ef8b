"""Orders and shipments brought as far as a test wants them, in one line."""

from collections.abc import Mapping
from typing import Any

from app.accounts.models import Customer
from app.catalogue.models import Product
from app.core import clock
from app.core.access import SYSTEM
from app.fulfilment.models import Return, Shipment
from app.fulfilment.service import packing, returning, sending
from app.orders.models import Order
from app.orders.service import moving
from tests.orders.ordering import placed


def confirmed(wanted: Mapping[Product, int], customer: Customer, **terms: Any) -> Order:
    """Also where the customer has no credit."""
    order = placed(wanted, customer, **terms)
    if order.hold_reason:
        moving.release(order.number, reason="Agreed on the phone", by=SYSTEM, at=clock.now())
    return moving.confirm(order.number, by=SYSTEM, at=clock.now())


def picking(order: Order, **lines: Any) -> Shipment:
    return packing.open_shipment(order.number, by=SYSTEM, at=clock.now(), **lines)


def packed(order: Order, **found: Any) -> Shipment:
    return packing.pack(picking(order).id, by=SYSTEM, at=clock.now(), **found)


def sent(order: Order, **found: Any) -> Shipment:
    return sending.ship(packed(order, **found).id, by=SYSTEM, at=clock.now())


def sent_back(order: Order, lines: Mapping[int, int]) -> Return:
    return returning.ask(order.number, lines=lines, reason="Burnt", by=SYSTEM)


def approved(order: Order, lines: Mapping[int, int]) -> Return:
    asked = sent_back(order, lines)
    return returning.decide(asked.id, is_approved=True, decision="", by=SYSTEM, at=clock.now())
