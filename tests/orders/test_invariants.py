"""Stock, sums and history of orders agree; whatever does not, is named."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.accounts.models import Customer
from app.core import clock
from app.core.access import SYSTEM
from app.core.database import db
from app.operations import checks
from app.orders.amended import Changes
from app.orders.models import Order
from app.orders.service import amending, moving
from tests.orders.ordering import as_it_is
from tests.orders.standing import arrived, in_every_stage


@pytest.fixture
def orders(context, owner, copper_kettle) -> dict[str, Order]:
    return in_every_stage(copper_kettle)


def broken() -> dict[str, list[tuple[str, str]]]:
    verdicts = checks.run_all()
    return {one.invariant.name: [tuple(row) for row in one.findings] for one in verdicts if not one.holds}


def corrupted(statement: str, **values: object) -> None:
    db.session.execute(text(statement), values)
    db.session.commit()


def test_all_is_well_with_orders_in_every_stage(orders):
    assert broken() == {}


def test_a_shelf_that_holds_more_than_its_orders_is_named(orders):
    product = orders["pending"].items[0].product_id
    corrupted("UPDATE stock_item SET reserved = reserved + 2 WHERE product_id = :id", id=product)
    found = [(f"product {product}", "SOURDOUGH has 18 reserved, open orders hold 16")]
    assert broken() == {"stock_is_held_for_orders": found}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("order_item SET line_net = 13.01 WHERE order_id = :id AND line = 1", "line 1 is not what so many"),
        ("order_item SET line_tax = 2.62 WHERE order_id = :id AND line = 1", "line 1 carries more or less"),
        (
            "order_item SET line_tax = 2.61 WHERE order_id = :id AND line = 1",
            "tax at 0.2000 is not what its l",
        ),
        ("order_tax SET tax = 4.16 WHERE order_id = :id", "tax at 0.2000 is not the rate of its net"),
        ("order_tax SET net = 20.82 WHERE order_id = :id", "tax at 0.2000 is noted for another net"),
        ("order_tax SET rate = 0.05 WHERE order_id = :id", "tax at 0.0500 is noted for another net"),
        ('"order" SET delivery_net = 4.60 WHERE id = :id', "tax at 0.2000 is noted for another net"),
        ('"order" SET subtotal_net = 16.34 WHERE id = :id', "subtotal is not what its lines come to"),
        ('"order" SET tax_total = 4.18 WHERE id = :id', "tax total is not what its taxes come to"),
    ],
)
def test_an_order_that_does_not_add_up_is_named(orders, change, said):
    order = orders["confirmed"]
    corrupted(f"UPDATE {change}", id=order.id)
    found = broken()
    assert set(found) == {"orders_add_up"}
    assert {row for row, _ in found["orders_add_up"]} == {f"order {order.number}"}
    assert any(what.startswith(said) for _, what in found["orders_add_up"])


def test_a_tax_that_is_not_noted_is_named(orders):
    order = orders["shipped"]
    corrupted("DELETE FROM order_tax WHERE order_id = :id", id=order.id)
    assert (f"order {order.number}", "tax at 0.2000 is not noted") in broken()["orders_add_up"]


@pytest.mark.parametrize(
    ("stage", "change", "said"),
    [
        ("pending", "status = 'confirmed', confirmed_at = now()", "is confirmed, its history says: placed"),
        (
            "confirmed",
            "status = 'pending', confirmed_at = NULL",
            "is pending, its history says: placed, confirmed",
        ),
        (
            "shipped",
            "status = 'delivered', delivered_at = now()",
            "is delivered, its history says: placed, confirmed, shipped",
        ),
    ],
)
def test_an_order_that_moved_without_a_word_is_named(orders, stage, change, said):
    order = orders[stage]
    if stage == "shipped":
        corrupted(
            "UPDATE shipment SET status = 'delivered', delivered_at = now() WHERE order_id = :id", id=order.id
        )
    corrupted(f'UPDATE "order" SET {change} WHERE id = :id', id=order.id)
    assert broken() == {"orders_are_their_history": [(f"order {order.number}", said)]}


def test_an_order_without_any_history_is_named(orders):
    corrupted("ALTER TABLE audit_event DISABLE TRIGGER audit_event_is_history")
    corrupted("DELETE FROM audit_event WHERE entity = 'order' AND entity_id = :id", id=orders["pending"].id)
    said = "is pending, its history says: nothing"
    assert broken() == {"orders_are_their_history": [(f"order {orders['pending'].number}", said)]}


WHAT_CAN_NEVER_BE = [
    "\"order\" SET status = 'eaten'",
    "\"order\" SET hold_reason = 'hunger'",
    "\"order\" SET hold_reason = 'staff' WHERE status = 'shipped'",
    "\"order\" SET open_shipment = 'picking' WHERE status = 'pending'",
    "\"order\" SET shipments_sent = 1 WHERE status = 'pending'",
    "\"order\" SET status = 'cancelled' WHERE status = 'pending'",
    "\"order\" SET status = 'delivered' WHERE status = 'shipped'",
    "\"order\" SET status = 'shipped' WHERE status = 'pending'",
    '"order" SET subtotal_net = -0.01',
    "order_item SET quantity = 0",
    "order_item SET line = 101",
    "order_item SET line = 1",
    "order_item SET quantity_planned = -1",
    "order_item SET quantity_cancelled = quantity, quantity_planned = 1",
    "order_item SET quantity_shipped = quantity + 1",
    "order_item SET quantity_returned = quantity_shipped + 1",
    "order_item SET unit_price = -1",
    "shipment SET status = 'lost'",
    "shipment SET status = 'picking', delivered_at = NULL, order_id = (SELECT max(order_id) FROM shipment)",
    "shipment SET delivered_at = now() WHERE status = 'shipped'",
    "shipment_item SET picked = planned + 1",
    "shipment_item SET planned = 0",
    "return_item SET received = quantity + 1",
    "return_item SET restocked = 1, received = 0",
    "\"return\" SET status = 'eaten'",
]


def accepted(change: str) -> bool:
    """And undone."""
    savepoint = db.session.begin_nested()
    try:
        db.session.execute(text(f"UPDATE {change}"))
    except IntegrityError:
        return False
    finally:
        savepoint.rollback()
    return True


def test_the_tables_refuse_what_can_never_be(orders):
    assert [change for change in WHAT_CAN_NEVER_BE if accepted(change)] == []


def test_a_change_that_leaves_nothing_to_send_is_the_end_and_history_says_so(orders):
    order = orders["part_shipped"]
    items = {item.product_id: item.quantity_shipped for item in order.items}
    changes = Changes(items=items)
    amending.amend(order.number, changes, by=SYSTEM, at=clock.now(), version=order.version)
    assert as_it_is(order).status == "shipped"
    assert broken() == {}
    assert arrived(order).status == "delivered"
    assert broken() == {}


def test_what_a_person_holds_stays_held_whatever_is_changed_and_its_release_looks_at_credit(
    orders, copper_kettle
):
    order = orders["held"]
    db.session.get_one(Customer, copper_kettle.id).credit_limit = 20
    db.session.commit()
    for more in (1, 0):
        items = {item.product_id: item.quantity + more for item in order.items}
        amending.amend(order.number, Changes(items=items), by=SYSTEM, at=clock.now())
        assert as_it_is(order).hold_reason == "staff"
    moving.release(order.number, reason="Rang them", by=SYSTEM, at=clock.now())
    assert (as_it_is(order).hold_reason, as_it_is(order).hold_note) == ("credit", "")
