"""From placed to delivered, and the ways off it."""

import pytest

from app.core import clock
from app.core.access import SYSTEM
from app.core.errors import Conflict, Refused
from app.fulfilment.service import packing, returning, sending
from app.orders.amended import Changes
from app.orders.service import amending, moving
from app.orders.states import OrderStatus
from app.stock.shortage import OutOfStock
from tests.orders.ordering import able_to_order, as_it_is, goods, placed
from tests.stock.shelving import filled, shelf


@pytest.fixture
def cafe(copper_kettle, context):
    return able_to_order(copper_kettle)


@pytest.fixture
def loaf(context):
    return filled(goods("Sourdough", "3.25"), 20)


def test_an_order_goes_all_the_way(cafe, loaf) -> None:
    order = placed({loaf: 4}, cafe)
    assert shelf(loaf).reserved == 4
    moving.confirm(order.number, by=SYSTEM, at=clock.now())
    shipment = packing.open_shipment(order.number, by=SYSTEM, at=clock.now())
    packing.pack(shipment.id, by=SYSTEM, at=clock.now())
    sending.ship(shipment.id, by=SYSTEM, at=clock.now())
    assert as_it_is(order).status == OrderStatus.SHIPPED
    sending.deliver_all(order.number, by=SYSTEM, at=clock.now())
    assert as_it_is(order).status == OrderStatus.DELIVERED
    assert (shelf(loaf).on_hand, shelf(loaf).reserved) == (16, 0)
    asked = returning.ask(order.number, lines={1: 2}, reason="Burnt", by=SYSTEM)
    returning.decide(asked.id, is_approved=True, decision="", by=SYSTEM, at=clock.now())
    returning.receive(asked.id, received={1: 2}, restocked={1: 1}, by=SYSTEM, at=clock.now())
    assert shelf(loaf).on_hand == 17


def test_a_short_pick_sends_the_rest_later(cafe, loaf) -> None:
    order = placed({loaf: 10}, cafe)
    moving.confirm(order.number, by=SYSTEM, at=clock.now())
    shipment = packing.open_shipment(order.number, by=SYSTEM, at=clock.now())
    packing.pack(shipment.id, picked={1: 8}, is_missing=True, by=SYSTEM, at=clock.now())
    sending.ship(shipment.id, by=SYSTEM, at=clock.now())
    assert as_it_is(order).status == OrderStatus.CONFIRMED
    assert (shelf(loaf).on_hand, shelf(loaf).reserved) == (10, 2)
    moving.cancel_remainder(order.number, reason="None left", by=SYSTEM, at=clock.now())
    now = as_it_is(order)
    assert (now.status, now.subtotal_net) == (OrderStatus.SHIPPED, 26)
    assert shelf(loaf).reserved == 0


def test_cancelling_gives_all_of_it_back(cafe, loaf) -> None:
    order = placed({loaf: 4}, cafe)
    moving.cancel(order.number, reason="Wrong day", by=SYSTEM, at=clock.now())
    assert (as_it_is(order).total, shelf(loaf).reserved) == (0, 0)
    with pytest.raises(Conflict):
        moving.confirm(order.number, by=SYSTEM, at=clock.now())


def test_amending_moves_stock_and_money(cafe, loaf) -> None:
    buns = filled(goods("Buns", "0.60"), 100)
    order = placed({loaf: 4}, cafe)
    amended = amending.amend(
        order.number,
        Changes(items={loaf.id: 2, buns.id: 10}),
        by=SYSTEM,
        at=clock.now(),
        version=order.version,
    )
    assert (shelf(loaf).reserved, shelf(buns).reserved) == (2, 10)
    assert as_it_is(amended).subtotal_net == 2 * loaf_price() + 6
    with pytest.raises(Refused):
        amending.amend(order.number, Changes(items={}), by=SYSTEM, at=clock.now(), version=amended.version)


def loaf_price():
    from decimal import Decimal

    return Decimal("3.25")


def test_nothing_is_left_of_a_refused_order(cafe, loaf) -> None:
    with pytest.raises(OutOfStock):
        placed({loaf: 21}, cafe)
    assert shelf(loaf).reserved == 0


def test_more_than_the_credit_waits(cafe, loaf) -> None:
    cafe.credit_limit = 10
    from app.core.database import db

    db.session.commit()
    assert placed({loaf: 4}, cafe).hold_reason == "credit"
