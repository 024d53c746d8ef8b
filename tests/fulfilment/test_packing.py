"""Picking and packing: what is on hand, what was found, what becomes of the rest."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.access import SYSTEM
from app.core.database import db
from app.core.errors import Conflict, NotFound, Refused
from app.core.outbox import OutboxMessage
from app.fulfilment.models import Shipment, ShipmentStatus
from app.fulfilment.service import packing, sending, starting
from app.fulfilment.service.packing import WhenShort
from app.orders.service import moving, paying
from app.orders.states import OrderStatus, PaymentMethod
from app.stock import service as stock
from app.stock.shortage import NotOnHand
from tests.billing.owing import came_in, unused
from tests.fulfilment.moving_goods import confirmed, packed, picking, sent
from tests.orders.ordering import able_to_order, as_it_is, goods, placed, working
from tests.stock.shelving import filled, ledger, shelf


def quantities(order) -> list[tuple[int, int, int]]:
    """Planned, shipped and cancelled, by line."""
    items = as_it_is(order).items
    return [(item.quantity_planned, item.quantity_shipped, item.quantity_cancelled) for item in items]


def topics() -> list[str]:
    return list(db.session.scalars(select(OutboxMessage.topic).order_by(OutboxMessage.id)))


def test_a_short_pick_is_sent_later(cafe, loaf):
    order = confirmed({loaf: 10}, cafe)
    first = sent(order, picked={1: 8})
    assert quantities(order) == [(0, 8, 0)]
    assert as_it_is(order).status == OrderStatus.CONFIRMED
    second = sent(order)
    assert (first.number, second.number) == (f"{order.number}/1", f"{order.number}/2")
    assert as_it_is(order).status == OrderStatus.SHIPPED
    assert (shelf(loaf).on_hand, shelf(loaf).reserved) == (10, 0)


def test_a_short_pick_can_cancel_the_rest_and_the_customer_is_told(cafe, loaf):
    order = confirmed({loaf: 10}, cafe)
    packed(order, picked={1: 8}, when_short=WhenShort.CANCEL)
    assert quantities(order) == [(8, 0, 2)]
    assert as_it_is(order).subtotal_net == 26
    assert shelf(loaf).reserved == 8
    assert topics()[-1] == "orders.mail_changed"


def test_what_was_paid_by_bank_for_a_rest_that_is_cancelled_is_unused_again(cafe, loaf):
    order, receipt = placed({loaf: 10}, cafe, payment_method=PaymentMethod.TRANSFER), came_in("39.00", cafe)
    paying.prepay(order.number, receipt.id, Decimal(39), by=SYSTEM, at=clock.now())
    moving.confirm(order.number, by=SYSTEM, at=clock.now())
    packed(order, picked={1: 8}, when_short=WhenShort.CANCEL)
    assert unused(receipt) == Decimal("7.80")


def test_what_is_held_on_a_card_is_settled_when_the_rest_is_cancelled(cafe, loaf):
    order = confirmed({loaf: 10}, cafe, payment_method=PaymentMethod.CARD, takes_cards=True)
    before = topics().count("payments.settle_order")
    packed(order, picked={1: 8}, when_short=WhenShort.CANCEL)
    assert topics().count("payments.settle_order") == before + 1


def test_what_was_not_on_the_shelf_is_written_off(cafe, loaf):
    order = confirmed({loaf: 10}, cafe)
    shipment = packed(order, picked={1: 8}, is_missing=True)
    assert shelf(loaf).on_hand == 18
    assert ledger(loaf)[-1] == ("count", -2, 18)
    assert shipment.status == ShipmentStatus.PACKED


def test_with_the_rest_cancelled_the_order_is_shipped_when_this_leaves(cafe, loaf, buns):
    order = confirmed({loaf: 10, buns: 6}, cafe)
    sent(order, picked={1: 0, 2: 6}, when_short=WhenShort.CANCEL)
    assert as_it_is(order).status == OrderStatus.SHIPPED
    assert quantities(order) == [(0, 0, 10), (0, 6, 0)]


def test_a_shipment_in_which_nothing_was_found_is_put_back_instead(cafe, loaf):
    shipment = picking(confirmed({loaf: 10}, cafe))
    with pytest.raises(Refused, match="Put the shipment back"):
        packing.pack(shipment.id, picked={1: 0}, by=SYSTEM, at=clock.now())


@pytest.mark.parametrize("picked", [{1: 11}, {1: -1}, {1: 10, 2: 1}])
def test_more_than_planned_is_not_picked(cafe, loaf, picked):
    order = confirmed({loaf: 10}, cafe)
    shipment = picking(order)
    with pytest.raises(Refused):
        packing.pack(shipment.id, picked=picked, by=SYSTEM, at=clock.now())
    assert quantities(order) == [(10, 0, 0)]


def test_two_open_shipments_share_what_is_on_hand(cafe, loaf):
    stock.set_limits(
        loaf.id, back_on=None, backorder_limit=50, low_at=None, version=1, today=clock.now().date(), by=SYSTEM
    )
    first, second, third = (confirmed({loaf: 12}, cafe) for _ in range(3))
    assert [line.planned for line in picking(first).items] == [12]
    assert [line.planned for line in picking(second).items] == [8]
    with pytest.raises(Refused, match="Nothing of it is on hand"):
        picking(third)


def test_a_shipment_for_more_than_was_ordered_is_refused(cafe, loaf):
    order = confirmed({loaf: 10}, cafe)
    with pytest.raises(Refused, match="Only 10"):
        picking(order, lines={1: 11})
    with pytest.raises(Refused, match="Only 0"):
        picking(order, lines={2: 1})
    assert quantities(order) == [(0, 0, 0)]


def test_what_another_shipment_takes_is_not_on_hand_for_this_one(cafe, loaf):
    filled(loaf, 0, backorder_limit=50)
    picking(confirmed({loaf: 15}, cafe))
    order = confirmed({loaf: 10}, cafe)
    with pytest.raises(Refused, match="Only 5 of Sourdough are on hand") as refused:
        picking(order, lines={1: 6})
    assert (refused.value.field, quantities(order)) == ("lines.1", [(0, 0, 0)])
    assert [line.planned for line in picking(order, lines={1: 5}).items] == [5]


def test_two_orders_begun_at_once_do_not_share_a_unit(cafe, loaf):
    filled(loaf, 0, backorder_limit=50)
    numbers = [confirmed({loaf: 12}, cafe).number for _ in range(3)]
    first, second, third = starting.start(numbers, by=SYSTEM, at=clock.now())
    assert [line.planned for line in first.shipment.items] == [12]
    assert [line.planned for line in second.shipment.items] == [8]
    assert third.refusal == "Nothing of it is on hand. Receive stock first."


def test_a_line_of_which_none_are_sent_is_not_in_the_shipment(cafe, loaf, buns):
    order = confirmed({loaf: 10, buns: 6}, cafe)
    assert [line.planned for line in picking(order, lines={1: 0, 2: 6}).items] == [6]
    assert quantities(order) == [(0, 0, 0), (6, 0, 0)]


def test_a_part_can_be_sent_first(cafe, loaf, buns):
    order = confirmed({loaf: 10, buns: 6}, cafe)
    shipment = picking(order, lines={2: 6})
    assert [line.planned for line in shipment.items] == [6]
    assert quantities(order) == [(0, 0, 0), (6, 0, 0)]


def test_what_is_put_back_can_be_picked_again(cafe, loaf):
    order = confirmed({loaf: 10}, cafe)
    shipment = packed(order, picked={1: 7})
    packing.put_back(shipment.id, by=SYSTEM, at=clock.now())
    assert quantities(order) == [(0, 0, 0)]
    assert as_it_is(order).open_shipment is None
    assert [line.planned for line in picking(order).items] == [10]
    assert (shelf(loaf).on_hand, shelf(loaf).reserved) == (20, 10)


def test_what_was_sent_is_not_worked_on_again(cafe, loaf):
    order = confirmed({loaf: 10}, cafe)
    gone = sent(order, picked={1: 4})
    picking(order)
    with pytest.raises(Conflict, match="shipped by now"):
        packing.pack(gone.id, by=SYSTEM, at=clock.now())
    with pytest.raises(Conflict, match="shipped by now"):
        packing.put_back(gone.id, by=SYSTEM, at=clock.now())


def test_what_is_not_there_any_more_does_not_leave(cafe, loaf):
    order = confirmed({loaf: 10}, cafe)
    shipment = packed(order)
    stock.count(loaf.id, 9, by=SYSTEM)
    with pytest.raises(NotOnHand, match="Fewer than 10"):
        sending.ship(shipment.id, by=SYSTEM, at=clock.now())
    assert (as_it_is(order).open_shipment, quantities(order)) == ("packed", [(10, 0, 0)])


def test_an_order_is_delivered_with_its_last_shipment(cafe, loaf):
    order = confirmed({loaf: 10}, cafe)
    first, second = sent(order, picked={1: 6}), sent(order)
    sending.deliver(second.id, by=SYSTEM, at=clock.now())
    assert as_it_is(order).status == OrderStatus.SHIPPED
    sending.deliver(first.id, by=SYSTEM, at=clock.now())
    assert as_it_is(order).status == OrderStatus.DELIVERED
    with pytest.raises(Conflict):
        sending.deliver(first.id, by=SYSTEM, at=clock.now())


def test_an_order_whose_rest_was_cancelled_after_all_arrived_can_be_received(cafe, loaf):
    order = confirmed({loaf: 10}, cafe)
    sending.deliver(sent(order, picked={1: 6}).id, by=SYSTEM, at=clock.now())
    moving.cancel_remainder(order.number, reason="None left", by=SYSTEM, at=clock.now())
    sending.deliver_all(order.number, by=SYSTEM, at=clock.now())
    assert as_it_is(order).status == OrderStatus.DELIVERED


def test_several_are_begun_each_by_itself(cafe, loaf, wanda):
    ready, held, empty = (confirmed({loaf: 5}, cafe) for _ in range(3))
    moving.hold(held.number, reason="Ring them first", by=SYSTEM)
    nothing = confirmed({filled(goods("Rye"), 0, backorder_limit=9): 3}, cafe)
    picking(empty)
    numbers = [one.number for one in (ready, held, empty, nothing)]
    started = starting.start([*numbers, 987_654], by=working(wanda), at=clock.now())
    assert [bool(one.shipment) for one in started] == [True, False, False, False]
    assert [one.refusal for one in started[1:]] == [
        "It is on hold. Release it first.",
        "A shipment of it is being packed. Put that back first.",
        "Nothing of it is on hand. Receive stock first.",
    ]
    [shipment] = db.session.scalars(select(Shipment).where(Shipment.order_id == ready.id))
    assert shipment.picker_name == "Wanda Price"


def test_a_shipment_of_another_company_does_not_exist(cafe, northgate, loaf, ben):
    from app.fulfilment.queries.shipments import shipment_seen_by
    from tests.orders.ordering import buying

    able_to_order(northgate)
    shipment = sent(confirmed({loaf: 1}, cafe))
    with pytest.raises(NotFound):
        shipment_seen_by(buying(ben), shipment.id)
