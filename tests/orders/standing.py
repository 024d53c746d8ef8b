"""Orders in every stage of their life, for whoever looks at all of them."""

from app.accounts.models import Customer
from app.core import clock
from app.core.access import SYSTEM
from app.core.database import db
from app.fulfilment.models import Shipment
from app.fulfilment.service import packing, returning, sending
from app.orders.models import Order
from app.orders.queries.orders import order_seen_by
from app.orders.service import moving
from tests import factories
from tests.orders.ordering import able_to_order, goods, placed
from tests.stock.shelving import filled


def confirmed(order: Order) -> Order:
    return moving.confirm(order.number, by=SYSTEM, at=clock.now())


def opened(order: Order, lines: dict[int, int] | None = None) -> Shipment:
    return packing.open_shipment(order.number, lines=lines, by=SYSTEM, at=clock.now())


def sent(order: Order, lines: dict[int, int] | None = None) -> Shipment:
    shipment = opened(order, lines)
    packing.pack(shipment.id, by=SYSTEM, at=clock.now())
    return sending.ship(shipment.id, by=SYSTEM, at=clock.now())


def arrived(order: Order) -> Order:
    return sending.deliver_all(order.number, by=SYSTEM, at=clock.now())


def come_back(order: Order, lines: dict[int, int]) -> None:
    asked = returning.ask(order.number, lines=lines, reason="Burnt", by=SYSTEM)
    returning.decide(asked.id, is_approved=True, decision="", by=SYSTEM, at=clock.now())
    returning.receive(asked.id, received=lines, restocked=lines, by=SYSTEM, at=clock.now())


def in_every_stage(customer: Customer) -> dict[str, Order]:
    """By the name of their stage; each of 4 loaves and 10 buns, delivered for £4.50."""
    factories.delivery_method("North round", price_net="4.50")
    cafe = able_to_order(customer)
    loaf, buns = filled(goods("Sourdough", "3.25"), 90), filled(goods("Buns", "0.3333"), 90)
    stages = ("pending", "held", "confirmed", "picking", "part_shipped", "shipped", "delivered", "cancelled")
    orders = {stage: placed({loaf: 4, buns: 10}, cafe) for stage in stages}
    for stage in stages[2:-1]:
        confirmed(orders[stage])
    moving.hold(orders["held"].number, reason="Ring them first", by=SYSTEM)
    moving.cancel(orders["cancelled"].number, reason="Wrong day", by=SYSTEM, at=clock.now())
    opened(orders["picking"])
    sent(orders["part_shipped"], {1: 4, 2: 3})
    sent(orders["shipped"])
    sent(orders["delivered"])
    arrived(orders["delivered"])
    come_back(orders["delivered"], {1: 1})
    db.session.expire_all()
    return {stage: order_seen_by(SYSTEM, order.number) for stage, order in orders.items()}
