"""What staff do with an order: each page says its effects first, and whoever comes second is told and loses nothing."""

import html
import re
from decimal import Decimal

import pytest

from app.accounts.models import Role
from app.core import clock
from app.core.access import SYSTEM
from app.core.audit import AuditEvent
from app.core.database import db
from app.core.outbox import OutboxMessage
from app.core.text import long_day
from app.fulfilment.models import Return, Shipment
from app.fulfilment.service import packing, returning, sending
from app.orders.models import Order
from app.orders.service import moving
from app.orders.states import OrderStatus
from tests import factories
from tests.desk.queueing import promised
from tests.orders.ordering import as_it_is, goods, placed
from tests.statements import noted
from tests.stock.shelving import filled, shelf


@pytest.fixture
def desk(as_user, tom):
    """The order clerk's browser."""
    return as_user(tom)


def path_of(order: Order, verb: str) -> str:
    return f"/desk/orders/{order.number}/{verb}"


def told_on(answer) -> str:
    return html.unescape(answer.text)


def confirmed(order: Order) -> Order:
    return moving.confirm(order.number, by=SYSTEM, at=clock.now())


def sent_in_part(order: Order, **picked: int) -> None:
    """So many of its first line left."""
    confirmed(order)
    shipment = packing.open_shipment(order.number, by=SYSTEM, at=clock.now(), lines={1: picked["first"]})
    packing.pack(shipment.id, by=SYSTEM, at=clock.now())
    sending.ship(shipment.id, by=SYSTEM, at=clock.now())


def over_the_limit(cafe, loaf) -> Order:
    cafe.credit_limit = Decimal(10)
    db.session.commit()
    return placed({loaf: 4}, cafe)


def test_confirming_takes_one_press_and_twice_is_once(desk, order):
    seen = order.version
    for _ in range(2):
        answer = desk.submit(path_of(order, "confirm"), version=seen, once="one")
        assert (answer.status_code, answer.location) == (303, f"/desk/orders/{order.number}")
    assert as_it_is(order).status == OrderStatus.CONFIRMED
    assert db.session.query(AuditEvent).filter_by(action="order.confirmed").count() == 1
    assert f"Order {order.number} is confirmed" in desk.get(f"/desk/orders/{order.number}").text


@pytest.mark.parametrize(
    ("verb", "said"),
    [
        ("confirm", "The customer is told the delivery day by email"),
        ("hold", "Its stock stays reserved."),
        ("cancel", "4 units go back on sale, of 1 line."),
        ("cancel", "The total goes from £15.60 to £0.00."),
    ],
)
def test_every_page_says_what_it_does_before_it_is_done(desk, order, verb, said):
    assert said in told_on(desk.get(path_of(order, verb)))
    assert as_it_is(order).status == OrderStatus.PENDING


@pytest.mark.parametrize("verb", ["hold", "cancel"])
def test_without_a_reason_nothing_happens_and_the_page_asks_for_it(desk, order, verb):
    answer = desk.submit(path_of(order, verb), version=order.version)
    assert (answer.status_code, "Say why, in a few words." in answer.text) == (422, True)
    answer = desk.submit(path_of(order, verb), version=order.version, reason="x" * 201)
    assert (answer.status_code, "x" * 201 in answer.text) == (422, True)
    now = as_it_is(order)
    assert (now.status, now.hold_reason) == (OrderStatus.PENDING, None)


def test_an_order_is_held_and_released_with_reasons_that_stay(desk, order):
    desk.submit(path_of(order, "hold"), version=order.version, reason="Ring Maya first")
    held = as_it_is(order)
    assert (held.hold_reason, held.hold_note) == ("staff", "Ring Maya first")
    assert "Ring Maya first" in desk.get(f"/desk/orders/{order.number}").text
    desk.submit(path_of(order, "release"), version=held.version, reason="She is fine with it")
    assert as_it_is(order).hold_reason is None
    reasons = [event.diff["reason"][1] for event in db.session.query(AuditEvent) if "reason" in event.diff]
    assert reasons == ["Ring Maya first", "She is fine with it"]


def test_a_credit_hold_is_not_the_clerks_to_release(desk, cafe, loaf):
    order = over_the_limit(cafe, loaf)
    page = desk.get(f"/desk/orders/{order.number}").text
    assert "Release" not in page.split("Timeline")[0]
    answer = desk.get(path_of(order, "release"))
    assert answer.status_code == 303
    answer = desk.submit(path_of(order, "release"), version=order.version, reason="Go on")
    assert (answer.status_code, as_it_is(order).hold_reason) == (409, "credit")
    assert "Whoever may release a credit hold has to do this." in answer.text


def test_whoever_may_override_releases_it_and_reads_what_it_comes_to(as_user, cafe, loaf):
    order = over_the_limit(cafe, loaf)
    desk = as_user(factories.user("Mo Grant", role="manager"))
    said = told_on(desk.get(path_of(order, "release")))
    assert "Credit used goes from £0.00 to £15.60, and the limit is £10.00." in said
    assert "Your name and reason stay with it." in said
    desk.submit(path_of(order, "release"), version=order.version, reason="They pay on Friday")
    assert as_it_is(order).hold_reason is None


def test_cancelling_gives_the_stock_back_and_tells_the_customer_once(desk, order, loaf):
    seen = order.version
    for _ in range(2):
        answer = desk.submit(path_of(order, "cancel"), version=seen, reason="Wrong day", once="one")
        assert answer.status_code == 303
    now = as_it_is(order)
    assert (now.status, now.cancel_reason, now.total) == (OrderStatus.CANCELLED, "Wrong day", 0)
    assert shelf(loaf).reserved == 0
    assert db.session.query(OutboxMessage).filter_by(topic="orders.mail_cancelled").count() == 1
    assert "Wrong day" in desk.get(f"/desk/orders/{order.number}").text


def test_some_of_what_remains_is_cancelled_line_by_line(desk, cafe, loaf):
    buns = filled(goods("Buns", "0.60"), 100)
    order = placed({loaf: 4, buns: 10}, cafe)
    sent_in_part(order, first=1)
    page = desk.get(path_of(order, "cancel_remainder"))
    assert re.findall(r'name="(q\d)" value="(\d+)"', page.text) == [("q1", "3"), ("q2", "10")]
    assert "13 units have not left, worth £15.75 before VAT." in told_on(page)
    version = as_it_is(order).version
    answer = desk.submit(
        path_of(order, "cancel_remainder"), version=version, reason="Sold out", q1="1", q2="10"
    )
    assert answer.status_code == 303
    now = as_it_is(order)
    assert [item.quantity_cancelled for item in now.items] == [1, 10]
    assert (now.status, now.subtotal_net) == (OrderStatus.CONFIRMED, 9.75)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("4", "Only 3 of that line can be cancelled."),
        ("1.5", "Type a whole number, like 6. Type 0 to leave it out."),
        ("-1", "Type a whole number, like 6. Type 0 to leave it out."),
        ("٣", "Type a whole number, like 6. Type 0 to leave it out."),
        ("1000000000", "Type a whole number, like 6. Type 0 to leave it out."),
        ("0", "Say how many to cancel, 1 or more."),
    ],
)
def test_a_wrong_quantity_is_said_beside_its_line_and_stays_typed(desk, order, typed, said):
    sent_in_part(order, first=1)
    sent = {"version": as_it_is(order).version, "reason": "Sold out", "q1": typed}
    answer = desk.submit(path_of(order, "cancel_remainder"), **sent, once="one")
    assert (answer.status_code, said in answer.text) == (422, True)
    assert f'value="{typed}"' in answer.text
    assert "Sold out" in answer.text
    assert as_it_is(order).items[0].quantity_cancelled == 0


def test_a_second_editor_is_told_and_loses_nothing(desk, order):
    seen = order.version
    moving.hold(order.number, reason="Look first", by=SYSTEM)
    answer = desk.submit(path_of(order, "cancel"), version=seen, reason="Wrong day", once="one")
    assert answer.status_code == 409
    assert "Somebody changed this while you had it open." in answer.text
    assert 'value="Wrong day"' in answer.text
    again = re.search(r'name="version"[^>]*value="(\d+)"', answer.text)[1]
    assert as_it_is(order).status == OrderStatus.PENDING
    desk.submit(path_of(order, "cancel"), version=again, reason="Wrong day", once="one")
    assert as_it_is(order).status == OrderStatus.CANCELLED


def test_what_cannot_be_done_any_more_says_why_and_offers_no_button(desk, order):
    seen = order.version
    moving.cancel(order.number, reason="Wrong day", by=SYSTEM, at=clock.now())
    answer = desk.submit(path_of(order, "hold"), version=as_it_is(order).version, reason="Look first")
    assert answer.status_code == 409
    assert "It is cancelled by now." in answer.text
    assert "Look first" in answer.text
    assert "btn--primary" not in answer.text
    assert "Back to the order" in answer.text
    assert desk.submit(path_of(order, "confirm"), version=seen).status_code == 409
    answer = desk.get(path_of(order, "hold"))
    assert answer.location == f"/desk/orders/{order.number}"
    assert "is cancelled by now" in desk.get(answer.location).text


@pytest.mark.parametrize("verb", ["confirm", "hold", "release", "cancel", "cancel_remainder", "move-day"])
def test_an_order_that_is_not_there_cannot_be_moved(desk, verb):
    assert desk.get(f"/desk/orders/987654321/{verb}").status_code == 404
    assert desk.submit(f"/desk/orders/987654321/{verb}", reason="x").status_code == 404


@pytest.mark.parametrize("verb", ["confirm", "hold", "cancel", "cancel_remainder", "return", "move-day"])
def test_the_warehouse_does_none_of_it(as_user, wanda, order, verb):
    browser = as_user(wanda)
    assert browser.get(path_of(order, verb)).status_code == 403
    assert browser.submit(path_of(order, verb), version=order.version, reason="x").status_code == 403
    assert as_it_is(order).status == OrderStatus.PENDING


@pytest.mark.parametrize("verb", ["open_shipment", "deliver"])
def test_the_order_desk_does_not_pick(desk, order, verb):
    assert desk.submit(path_of(order, verb), version=order.version).status_code == 403


@pytest.mark.parametrize("verb", ["confirm", "cancel", "return", "deliver", "move-day"])
def test_buyers_do_nothing_here(as_user, maya, order, verb):
    assert as_user(maya).submit(path_of(order, verb), version=order.version, reason="x").status_code == 404


def test_the_warehouse_starts_picking_and_marks_as_delivered(as_user, wanda, order):
    browser = as_user(wanda)
    version = confirmed(order).version
    for _ in range(2):
        browser.submit(path_of(order, "open_shipment"), version=version, once="one")
    [shipment] = db.session.query(Shipment).all()
    packing.pack(shipment.id, by=SYSTEM, at=clock.now())
    sending.ship(shipment.id, by=SYSTEM, at=clock.now())
    browser.submit(path_of(order, "deliver"), version=as_it_is(order).version, once="two")
    assert as_it_is(order).status == OrderStatus.DELIVERED


def test_what_came_back_is_noted_for_a_decision(as_user, order):
    sent_in_part(order, first=3)
    desk = as_user(factories.user("Ada Shaw", role="accounts"))
    assert 'name="q1" value="0"' in desk.get(path_of(order, "return")).text
    sent = {"version": as_it_is(order).version, "reason": "Burnt"}
    answer = desk.submit(path_of(order, "return"), **sent, q1="4")
    assert (answer.status_code, "3 of Sourdough can be sent back." in answer.text) == (422, True)
    for _ in range(2):
        assert desk.submit(path_of(order, "return"), **sent, q1="2", once="one").status_code == 303
    assert [one.reason for one in db.session.query(Return)] == ["Burnt"]
    assert "They have" in desk.get(path_of(order, "return")).text


def test_whoever_comes_too_late_for_what_is_left_of_a_line_is_told(as_user, cafe, loaf):
    rye = filled(goods("Rye", "2.80"), 10)
    order = confirmed(placed({loaf: 2, rye: 2}, cafe))
    shipment = packing.open_shipment(order.number, by=SYSTEM, at=clock.now())
    packing.pack(shipment.id, by=SYSTEM, at=clock.now())
    sending.ship(shipment.id, by=SYSTEM, at=clock.now())
    returning.ask(order.number, lines={1: 2}, reason="Burnt", by=SYSTEM)
    desk = as_user(factories.user("Ada Shaw", role="accounts"))
    answer = desk.submit(path_of(order, "return"), reason="Burnt", q1="1", q2="1")
    assert (answer.status_code, db.session.query(Return).count()) == (422, 1)
    assert "No Sourdough can be sent back." in answer.text


@pytest.mark.parametrize("verb", ["confirm", "hold", "cancel", "move-day"])
def test_a_page_that_asks_reads_the_order_once(desk, van, order, verb):
    desk.get(path_of(order, verb))
    with noted() as asked:
        assert desk.get(path_of(order, verb)).status_code == 200
    assert len(asked) <= 5, asked


@pytest.fixture
def van(context):
    return factories.delivery_method("Our van")


def test_the_day_is_moved_to_one_of_those_offered(desk, van, cafe, loaf):
    order = placed({loaf: 4}, cafe)
    page = desk.get(path_of(order, "move-day")).text
    days = re.findall(r'<option value="(\d{4}-\d\d-\d\d)"', page)
    assert order.promised_on.isoformat() not in days
    assert len(days) > 5
    sent = {"version": order.version, "deliver_on": days[1]}
    for _ in range(2):
        assert desk.submit(path_of(order, "move-day"), **sent, once="one").status_code == 303
    assert as_it_is(order).promised_on.isoformat() == days[1]
    assert db.session.query(OutboxMessage).filter_by(topic="orders.mail_changed").count() == 1


@pytest.mark.parametrize("typed", ["2020-01-01", "", "tomorrow"])
def test_a_day_that_is_not_offered_is_refused(desk, van, cafe, loaf, typed):
    order = placed({loaf: 4}, cafe)
    answer = desk.submit(path_of(order, "move-day"), version=order.version, deliver_on=typed)
    assert (answer.status_code, "Choose one of those in the list." in answer.text) == (422, True)
    assert as_it_is(order).promised_on == order.promised_on


def test_a_day_moved_from_a_stale_page_waits_for_a_second_look(desk, van, cafe, loaf):
    order = placed({loaf: 4}, cafe)
    day = re.findall(r'<option value="(\d{4}-\d\d-\d\d)"', desk.get(path_of(order, "move-day")).text)[3]
    seen = order.version
    moving.hold(order.number, reason="Look first", by=SYSTEM)
    answer = desk.submit(path_of(order, "move-day"), version=seen, deliver_on=day, once="one")
    assert answer.status_code == 409
    assert re.search(rf'<option selected value="{day}"', answer.text)
    assert as_it_is(order).promised_on == order.promised_on


def test_an_order_whose_day_is_over_is_confirmed_once_it_has_another(desk, van, cafe, loaf):
    order = promised(placed({loaf: 4}, cafe), -1)
    sentence = f"It was to come on {long_day(order.promised_on)}. Move the delivery day first."
    page = desk.get(f"/desk/orders/{order.number}").text
    assert sentence in page
    assert re.search(rf'<a class="btn btn--primary" href="{path_of(order, "move-day")}"', page)
    assert f'action="{path_of(order, "confirm")}"' not in page
    refused = desk.submit(path_of(order, "confirm"), version=order.version, once="one")
    assert (refused.status_code, sentence in refused.text) == (409, True)
    assert as_it_is(order).status == OrderStatus.PENDING
    day = re.findall(r'<option value="(\d{4}-\d\d-\d\d)"', desk.get(path_of(order, "move-day")).text)[0]
    desk.submit(path_of(order, "move-day"), version=order.version, deliver_on=day, once="two")
    moved = as_it_is(order)
    desk.submit(path_of(order, "confirm"), version=moved.version, once="three")
    assert as_it_is(order).status == OrderStatus.CONFIRMED


def test_an_order_for_today_is_not_late(desk, cafe, loaf):
    order = promised(placed({loaf: 4}, cafe), 0)
    desk.submit(path_of(order, "confirm"), version=order.version, once="one")
    assert as_it_is(order).status == OrderStatus.CONFIRMED


def test_whoever_may_not_move_the_day_reads_what_stands_in_the_way(as_user, cafe, loaf):
    role = Role(code="confirming", name="Confirming", kind="staff")
    role.grant_exactly(frozenset({"orders:read", "orders:confirm"}))
    factories.saved(role)
    order = promised(placed({loaf: 4}, cafe), -1)
    page = as_user(factories.user("Cleo Marsh", role="confirming")).get(f"/desk/orders/{order.number}").text
    assert "Move the delivery day first." in page
    assert 'class="btn btn--primary"' not in page.split('<div class="split">')[0]
