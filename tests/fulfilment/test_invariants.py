"""Orders and their lines agree with their shipments; whatever does not, is named."""

import pytest

from app.orders.models import Order
from tests.orders.standing import in_every_stage
from tests.orders.test_invariants import broken, corrupted

LINES, ORDERS = "lines_are_their_shipments", "orders_are_their_shipments"


@pytest.fixture
def orders(context, owner, copper_kettle) -> dict[str, Order]:
    return in_every_stage(copper_kettle)


@pytest.mark.parametrize(
    ("stage", "change", "said"),
    [
        ("picking", "quantity_planned = 3", "line 1 has 3 planned, its shipments say 4"),
        ("confirmed", "quantity_planned = 1", "line 1 has 1 planned, its shipments say 0"),
        ("delivered", "quantity_returned = 2", "line 1 has 2 returned, its shipments say 1"),
    ],
)
def test_a_line_that_its_shipments_do_not_know_is_named(orders, stage, change, said):
    order = orders[stage]
    corrupted(f"UPDATE order_item SET {change} WHERE order_id = :id AND line = 1", id=order.id)
    assert broken() == {LINES: [(f"order {order.number}", said)]}


def test_a_line_of_which_more_left_than_was_picked_is_named(orders):
    order = orders["shipped"]
    corrupted(
        "UPDATE shipment_item SET picked = 9 FROM order_item WHERE order_item.id = order_item_id"
        " AND order_id = :id AND line = 2",
        id=order.id,
    )
    assert broken() == {LINES: [(f"order {order.number}", "line 2 has 10 sent, its shipments say 9")]}


@pytest.mark.parametrize(
    ("stage", "change", "said"),
    [
        ("picking", "open_shipment = NULL", "does not know which shipment is open"),
        ("picking", "open_shipment = 'packed'", "does not know which shipment is open"),
        ("confirmed", "open_shipment = 'picking'", "does not know which shipment is open"),
        ("shipped", "shipments_sent = 2", "does not know how many shipments left"),
        ("part_shipped", "shipments_sent = 0", "does not know how many shipments left"),
    ],
)
def test_an_order_that_does_not_know_its_shipments_is_named(orders, stage, change, said):
    order = orders[stage]
    corrupted(f'UPDATE "order" SET {change} WHERE id = :id', id=order.id)
    assert broken() == {ORDERS: [(f"order {order.number}", said)]}


def test_an_order_that_is_done_with_something_left_is_named(orders):
    order = orders["part_shipped"]
    corrupted("UPDATE \"order\" SET status = 'shipped', shipped_at = now() WHERE id = :id", id=order.id)
    said = "is said to be sent, and something is left to send"
    assert broken()[ORDERS] == [(f"order {order.number}", said)]


def test_an_order_that_waits_with_nothing_left_is_named(orders):
    order = orders["shipped"]
    corrupted("UPDATE \"order\" SET status = 'confirmed' WHERE id = :id", id=order.id)
    said = "is waiting, and nothing is left to send"
    assert broken()[ORDERS] == [(f"order {order.number}", said)]


def test_an_order_that_is_delivered_with_a_part_on_its_way_is_named(orders):
    order = orders["delivered"]
    corrupted("UPDATE shipment SET status = 'shipped', delivered_at = NULL WHERE order_id = :id", id=order.id)
    said = "is delivered, a part still on its way"
    assert broken() == {ORDERS: [(f"order {order.number}", said)]}
