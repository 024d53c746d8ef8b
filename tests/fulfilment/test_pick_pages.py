"""The pages of a picker: what waits, what is begun, and one shipment from the shelf to the door."""

from datetime import timedelta

import pytest
from flask import g
from sqlalchemy import select

from app.core import clock
from app.core.access import SYSTEM
from app.core.business import today
from app.core.database import db
from app.fulfilment.models import Shipment
from app.fulfilment.service import packing, sending
from app.orders.models import Order
from app.orders.service import moving
from tests.fulfilment.moving_goods import confirmed, packed, picking, sent
from tests.orders.ordering import as_it_is, buying, goods, placed
from tests.stock.shelving import filled, shelf


def due(order: Order, days: int) -> Order:
    db.session.get_one(Order, order.id).promised_on = today() + timedelta(days=days)
    db.session.commit()
    return order


def page_of(shipment) -> str:
    return f"/desk/shipments/{shipment.id}"


def shipments_of(order) -> list[Shipment]:
    db.session.expire_all()
    return list(db.session.scalars(select(Shipment).where(Shipment.order_id == order.id)))


def test_what_can_be_picked_stands_by_delivery_day(picker, cafe, loaf):
    late, soon, someday = (confirmed({loaf: 2}, cafe) for _ in range(3))
    due(late, 5), due(soon, 1)
    pending, held = placed({loaf: 1}, cafe), confirmed({loaf: 1}, cafe)
    moving.hold(held.number, reason="Ring them first", by=SYSTEM)
    empty = confirmed({filled(goods("Rye"), 0, backorder_limit=9): 3}, cafe)
    page = picker.get("/desk/pick").text
    places = [page.index(f'value="{order.number}"') for order in (soon, late, someday)]
    assert places == sorted(places)
    for order in (pending, held, empty):
        assert f'value="{order.number}"' not in page
    assert '0 <span class="down">of 3</span>' in page[page.index(f">{empty.number}<") :]
    page = picker.get("/desk/pick?until=tomorrow").text
    assert f'value="{soon.number}"' in page
    assert f'value="{late.number}"' not in page


def test_an_order_that_somebody_picks_does_not_wait_for_another_picker(picker, cafe, loaf):
    begun = confirmed({loaf: 10}, cafe)
    picking(begun, lines={1: 4})
    assert "Nothing to pick" in picker.get("/desk/pick").text


def test_units_on_hand_are_those_that_nobody_takes(picker, cafe, loaf):
    picking(confirmed({loaf: 15}, cafe))
    filled(loaf, 0, backorder_limit=50)
    order = confirmed({loaf: 12}, cafe)
    page = picker.get("/desk/pick").text
    row = page[page.index(f'value="{order.number}"') :]
    assert '5 <span class="down">of 12</span>' in row


def test_several_are_begun_and_listed_along_the_shelves(picker, cafe, loaf, buns):
    first, second = confirmed({loaf: 4, buns: 10}, cafe), confirmed({loaf: 3}, cafe)
    started = picker.submit("/desk/pick", o=[str(first.number), str(second.number)], once="a")
    assert started.status_code == 303
    page = picker.get(started.location).text
    assert "Pick list for 2 orders" in page
    assert page.index("Burger buns") < page.index("Sourdough")  # A-2 before A-11
    assert '<b class="take__total">7</b>' in page
    assert f'4 for <span class="mono">{first.number}/1</span>' in page
    again = picker.submit("/desk/pick", o=[str(first.number), str(second.number)], once="a")
    assert again.location == started.location
    assert len(shipments_of(first)) == 1


def test_each_order_that_cannot_be_begun_says_why(picker, cafe, loaf):
    ready, held = confirmed({loaf: 4}, cafe), confirmed({loaf: 3}, cafe)
    moving.hold(held.number, reason="Ring them first", by=SYSTEM)
    started = picker.submit("/desk/pick", o=[str(ready.number), str(held.number)])
    page = picker.get(started.location).text
    assert started.location == page_of(shipments_of(ready)[0])
    assert "1 order is being picked" in page
    assert f"Order {held.number}: It is on hold. Release it first." in page


def test_nothing_ticked_is_said(picker, cafe):
    answer = picker.submit("/desk/pick", o=["x", "", "99999999999999999999"])
    assert "Tick some orders first" in picker.get(answer.location).text


def test_a_picker_says_what_was_found(picker, cafe, loaf, buns):
    order = confirmed({loaf: 10, buns: 6}, cafe)
    shipment = picking(order)
    page = picker.get(page_of(shipment)).text
    assert page.index("Burger buns") < page.index("Sourdough")
    said = {"line_1": "8", "line_2": "6", "when_short": "cancel", "is_missing": "y", "once": "a"}
    answer = picker.submit(f"{page_of(shipment)}/pack", **said)
    assert (answer.status_code, answer.location) == (303, page_of(shipment))
    assert [item.quantity_cancelled for item in as_it_is(order).items] == [2, 0]
    assert shelf(loaf).on_hand == 18
    assert "Mark as shipped" in picker.get(page_of(shipment)).text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("11", "Type 10 or fewer."),
        ("1.5", "Type a whole number"),
        ("", "Type how many of Sourdough."),
        ("-1", ""),
    ],
)
def test_what_cannot_be_packed_is_said_beside_its_line(picker, cafe, loaf, typed, sentence):
    order = confirmed({loaf: 10}, cafe)
    shipment = picking(order)
    answer = picker.submit(f"{page_of(shipment)}/pack", line_1=typed)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "Fix 1 thing" in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert as_it_is(order).open_shipment == "picking"


def test_a_shipment_in_which_nothing_was_found_keeps_what_was_typed(picker, cafe, loaf):
    shipment = picking(confirmed({loaf: 10}, cafe))
    answer = picker.submit(f"{page_of(shipment)}/pack", line_1="0", when_short="later", once="a")
    assert answer.status_code == 422
    assert "Nothing was picked. Put the shipment back instead." in answer.text
    assert 'value="0"' in answer.text


def test_who_comes_second_reads_what_has_happened(picker, cafe, loaf):
    order = confirmed({loaf: 10}, cafe)
    shipment = picking(order)
    packing.pack(shipment.id, by=SYSTEM, at=clock.now())
    answer = picker.submit(f"{page_of(shipment)}/pack", line_1="9", when_short="later", once="a")
    assert answer.status_code == 409
    assert "Nothing of it is being picked just now." in answer.text
    assert "Look again at how it stands now" in answer.text
    packing.put_back(shipment.id, by=SYSTEM, at=clock.now())
    answer = picker.submit(f"{page_of(shipment)}/ship", carrier="", once="b")
    assert answer.status_code == 409
    assert [item.quantity_planned for item in as_it_is(order).items] == [0]


def test_it_leaves_with_its_carrier_and_arrives(picker, cafe, loaf):
    order = confirmed({loaf: 10}, cafe)
    shipment = packed(order)
    left = picker.submit(f"{page_of(shipment)}/ship", carrier="Post", tracking="RR 1", once="a")
    page = picker.get(left.location).text
    assert "RR 1" in page
    assert "Mark as delivered" in page
    picker.submit(f"{page_of(shipment)}/deliver", once="b")
    assert as_it_is(order).status == "delivered"
    assert picker.submit(f"{page_of(shipment)}/deliver", once="c").status_code == 409


def test_what_is_not_on_hand_any_more_does_not_leave(picker, cafe, loaf):
    from app.stock import service as stock

    order = confirmed({loaf: 10}, cafe)
    shipment = packed(order)
    stock.count(loaf.id, 9, by=SYSTEM)
    answer = picker.submit(f"{page_of(shipment)}/ship", once="a")
    assert answer.status_code == 409
    assert "Fewer than 10 of Sourdough are on hand" in answer.text
    assert "Mark as shipped" in answer.text
    assert as_it_is(order).open_shipment == "packed"


def test_putting_back_says_first_what_it_does(picker, cafe, loaf):
    order = confirmed({loaf: 10}, cafe)
    shipment = picking(order)
    assert "goes back on its shelf" in picker.get(f"{page_of(shipment)}/put-back").text
    picker.submit(f"{page_of(shipment)}/put-back", once="a")
    assert as_it_is(order).open_shipment is None
    again = picker.submit(f"{page_of(shipment)}/put-back", once="b")
    assert (again.status_code, "No shipment of it is open." in again.text) == (409, True)


def test_the_second_shipment_follows_the_first(picker, cafe, loaf):
    order = confirmed({loaf: 10}, cafe)
    first = sent(order, picked={1: 6})
    answer = picker.submit("/desk/pick", o=str(order.number))
    page = picker.get(answer.location).text
    assert f"Shipment {order.number}/2" in page
    assert f"{order.number}/1" in page
    assert "Mark as packed" not in picker.get(page_of(first)).text


def test_tabs_hold_what_is_begun(picker, cafe, loaf):
    one, other = picking(confirmed({loaf: 2}, cafe)), packed(confirmed({loaf: 3}, cafe))
    being_picked, waiting = (picker.get(f"/desk/pick?show={show}").text for show in ("picking", "packed"))
    assert one.number in being_picked
    assert other.number not in being_picked
    assert other.number in waiting
    assert '<a href="/desk/pick" aria-current="page"' in picker.get(page_of(one)).text
    sending.ship(other.id, by=SYSTEM, at=clock.now())
    assert "Nothing is packed" in picker.get("/desk/pick?show=packed").text


def test_the_order_desk_looks_and_does_not_pick(as_user, tom, picker, cafe, loaf):
    shipment = picking(confirmed({loaf: 2}, cafe))
    g.pop("_login_user", None)
    desk = as_user(tom)
    page = desk.get(page_of(shipment)).text
    assert "Mark as packed" not in page
    assert desk.submit(f"{page_of(shipment)}/pack", line_1="2").status_code == 403
    assert desk.get("/desk/pick").status_code == 403


def test_what_is_short_is_asked_about_and_what_becomes_of_it_is_said(picker, cafe, loaf, buns):
    shipment = picking(confirmed({loaf: 10, buns: 6}, cafe))
    assert "checked" not in picker.get(page_of(shipment)).text
    short = {"line_1": "8", "line_2": "5"}
    asked = picker.submit(f"{page_of(shipment)}/pack", **short, once="a")
    assert (asked.status_code, "Say what becomes of the rest." in asked.text) == (422, True)
    picker.submit(f"{page_of(shipment)}/pack", **short, when_short="later", once="b")
    page = picker.get(page_of(shipment)).text
    told = f"Shipment {shipment.number} is packed. 1 of Burger buns and 2 of Sourdough follow later."
    assert told in page


def test_what_is_cancelled_is_said_to_be(picker, cafe, loaf):
    shipment = picking(confirmed({loaf: 10}, cafe))
    picker.submit(f"{page_of(shipment)}/pack", line_1="9", when_short="cancel", once="a")
    assert "is packed. 1 of Sourdough is cancelled." in picker.get(page_of(shipment)).text


def test_where_nothing_is_short_nothing_is_asked(picker, cafe, loaf):
    shipment = picking(confirmed({loaf: 10}, cafe))
    picker.submit(f"{page_of(shipment)}/pack", line_1="10", when_short="burn", once="a")
    page = picker.get(page_of(shipment)).text
    assert f"Shipment {shipment.number} is packed" in page
    assert "follow" not in page


def test_what_was_not_on_the_shelf_at_all_is_corrected_and_put_back_at_once(picker, cafe, loaf):
    order = confirmed({loaf: 10}, cafe)
    shipment = picking(order)
    said = {"line_1": "0", "when_short": "later", "is_missing": "y", "once": "a"}
    answer = picker.submit(f"{page_of(shipment)}/pack", **said)
    assert answer.status_code == 303
    page = picker.get(answer.location).text
    assert f"Nothing of shipment {shipment.number} was found. It is put back" in page
    assert 'data-label="Packed"' not in page
    assert (shelf(loaf).on_hand, as_it_is(order).open_shipment) == (10, None)
    assert [item.quantity_planned for item in as_it_is(order).items] == [0]


def test_the_picker_reads_what_was_written_to_the_buyer_and_by_them(picker, cafe, loaf, maya):
    order = confirmed({loaf: 10}, cafe, notes="Ring the bell")
    moving.note(order.number, text="Please leave it at the back door", for_buyer=True, by=buying(maya))
    moving.note(order.number, text="They always ask for that", for_buyer=False, by=SYSTEM)
    shipment = picking(order)
    for page in (picker.get(page_of(shipment)).text, picker.get(f"{page_of(shipment)}/slip").text):
        assert "Ring the bell" in page
        assert "Please leave it at the back door" in page
        assert "They always ask" not in page
