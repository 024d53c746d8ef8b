"""One order as staff work on it: what they see, and which buttons they have."""

import re
from decimal import Decimal

import pytest

from app.accounts.models import Role
from app.core import clock
from app.core.access import SYSTEM
from app.core.audit import AuditEvent
from app.core.database import db
from app.core.outbox import OutboxMessage
from app.fulfilment.service import packing
from app.orders.models import OrderNote
from app.orders.service import moving
from app.orders.states import OrderStatus
from tests import factories
from tests.desk.staging import at_stage, sent_about
from tests.orders.ordering import as_it_is, goods, placed
from tests.statements import noted
from tests.stock.shelving import filled


def page_of(browser, order) -> str:
    answer = browser.get(f"/desk/orders/{order.number}")
    assert answer.status_code == 200
    return answer.text


def buttons_on(text: str) -> list[str]:
    """The next step first, then what is under More."""
    head = text.split('<div class="split">')[0]
    head = re.sub(r"<svg.*?</svg>", "", head)
    first = re.findall(r'<(?:button|a) class="btn btn--primary"[^>]*>([^<]+)<', head)
    menu = re.search(r">More</summary>(.*?)</details>", head, re.DOTALL)
    return first + (re.findall(r"<a [^>]*>([^<]+)</a>", menu[1]) if menu else [])


CLERK = {
    "placed": ["Confirm", "Put on hold", "Change order", "Move delivery day", "Cancel order"],
    "held": ["Release", "Change order", "Move delivery day", "Cancel order"],
    "confirmed": [
        *("Put on hold", "Change order", "Move delivery day"),
        *("Cancel order", "Cancel what remains"),
    ],
    "picking": [],
    "packed": [],
    "shipped": [],
    "delivered": [],
    "cancelled": [],
}
WAREHOUSE = {
    "placed": [],
    "held": [],
    "confirmed": ["Start picking"],
    "picking": ["Mark as packed", "Put the shipment back"],
    "packed": ["Mark as shipped", "Put the shipment back"],
    "shipped": ["Mark as delivered"],
    "delivered": [],
    "cancelled": [],
}
ACCOUNTS = {
    stage: ["Send something back", "Refund"] if stage in ("shipped", "delivered") else [] for stage in CLERK
}


@pytest.mark.parametrize(
    ("role", "stage", "buttons"),
    [
        (role, stage, buttons)
        for role, stages in (("order_clerk", CLERK), ("warehouse", WAREHOUSE), ("accounts", ACCOUNTS))
        for stage, buttons in stages.items()
    ],
)
def test_everybody_sees_the_buttons_that_they_may_press_now(order, as_user, role, stage, buttons):
    at_stage(order, stage)
    assert buttons_on(page_of(as_user(factories.user("Pat Quinn", role=role)), order)) == buttons


def test_a_credit_hold_has_its_button_for_whoever_may_override_and_nothing_else(as_user, cafe, loaf):
    role = Role(code="credit", name="Credit control", kind="staff")
    role.grant_exactly(frozenset({"orders:read", "orders:override"}))
    factories.saved(role)
    cafe.credit_limit = Decimal(1)
    db.session.commit()
    over = placed({loaf: 1}, cafe)
    browser = as_user(factories.user("Cleo Marsh", role="credit"))
    assert buttons_on(page_of(browser, over)) == ["Release credit hold"]
    path = f"/desk/orders/{over.number}/release"
    assert browser.get(path).status_code == 200
    assert browser.submit(path, version=over.version, reason="They pay on Friday").status_code == 303
    assert as_it_is(over).hold_reason is None


@pytest.mark.parametrize(
    ("stage", "times"), [("packed", ["Placed", "Confirmed", "Picked"]), ("placed", ["Placed"])]
)
def test_each_step_that_was_taken_says_when(order, as_user, tom, stage, times):
    page = page_of(as_user(tom), at_stage(order, stage))
    assert re.findall(r">(\w+)<small>Today \d\d:\d\d</small></li>", page) == times


def test_the_page_tells_whose_order_it_is_and_what_it_comes_to(order, as_user, tom):
    page = page_of(as_user(tom), order)
    for words in ("Copper Kettle Café", "14 Weir Street", "30 days", "£13.00", "£2.60", "£15.60"):
        assert words in page
    assert "£15.60 of £5,000.00" in page
    assert "Base price." in page


def test_an_unknown_order_is_not_there(order, as_user, tom):
    assert as_user(tom).get("/desk/orders/987654321").status_code == 404


def test_buyers_have_no_desk_not_even_for_their_own(order, as_user, maya):
    assert as_user(maya).get(f"/desk/orders/{order.number}").status_code == 404


def test_what_is_short_is_marked_and_said(cafe, loaf, as_user, tom):
    buns = filled(goods("Buns", "0.60"), 8, backorder_limit=10)
    order = placed({loaf: 2, buns: 10}, cafe)
    page = page_of(as_user(tom), order)
    assert "Buns is 2 short" in page
    assert "8 of 10 can go now" in page
    assert "Sourdough is" not in page


def test_what_others_are_about_to_take_is_not_there_for_this_order(cafe, as_user, tom):
    rye = filled(goods("Rye"), 10, backorder_limit=10)
    first, second = placed({rye: 6}, cafe), placed({rye: 6}, cafe)
    moving.confirm(first.number, by=SYSTEM, at=clock.now())
    packing.open_shipment(first.number, by=SYSTEM, at=clock.now())
    assert "Rye is 2 short" in page_of(as_user(tom), second)
    assert " short" not in page_of(as_user(tom), first).split("Timeline")[0]


def test_a_hundred_lines_ask_no_more_than_one(cafe, order, as_user, tom):
    large = placed({filled(goods(f"Thing {number}"), 5): 1 for number in range(100)}, cafe)
    at_stage(large, "shipped")
    browser = as_user(tom)
    for one in (order, large):
        page_of(browser, one)
        with noted() as asked:
            page_of(browser, one)
        assert len(asked) <= 8, asked


def test_a_note_is_for_us_unless_it_says_otherwise(order, as_user, tom):
    browser, path = as_user(tom), f"/desk/orders/{order.number}"
    assert browser.submit(path, text="Ring Maya first", once="one").location.endswith(path)
    browser.submit(path, text="We sliced it", for_buyer="y", once="two")
    browser.submit(path, text="We sliced it", for_buyer="y", once="two")
    kinds = [(note.kind, note.text) for note in db.session.query(OrderNote).order_by(OrderNote.id)]
    assert kinds == [("internal", "Ring Maya first"), ("buyer", "We sliced it")]
    page = page_of(browser, order)
    assert "Note, to staff only" in page
    assert "Ring Maya first" in page


def test_an_empty_note_is_refused_beside_its_box_and_a_long_one_is_kept(order, as_user, tom):
    browser, path = as_user(tom), f"/desk/orders/{order.number}"
    answer = browser.submit(path, text=" ")
    assert (answer.status_code, "Write something first." in answer.text) == (422, True)
    answer = browser.submit(path, text="x" * 501)
    assert (answer.status_code, "x" * 501 in answer.text) == (422, True)
    assert db.session.query(OrderNote).count() == 0


def test_whoever_may_not_write_has_no_box_for_notes(order, as_user, wanda):
    browser = as_user(wanda)
    assert 'placeholder="Write a note"' not in page_of(browser, order)
    assert browser.submit(f"/desk/orders/{order.number}", text="Hello").status_code == 403


def test_a_message_is_shown_as_it_was_sent_and_sent_again_as_a_new_one(order, as_user, tom):
    message, browser = sent_about(order), as_user(tom)
    path = f"/desk/orders/{order.number}/messages/{message.id}"
    assert path in page_of(browser, order)
    assert "Thank you" in browser.get(path).text
    for _ in range(2):
        assert browser.submit(f"{path}/send", once="one").status_code == 303
    [again] = db.session.query(OutboxMessage).filter(OutboxMessage.dedupe_key.startswith("again:")).all()
    assert (again.topic, again.about, again.payload) == (message.topic, message.about, message.payload)
    assert again.sent is None
    assert db.session.query(AuditEvent).filter_by(action="order.message_sent_again").count() == 1
    assert "Message sent again" in page_of(browser, order)


def test_what_was_not_sent_yet_cannot_be_sent_again(order, as_user, tom):
    message = db.session.query(OutboxMessage).filter_by(topic="orders.mail_received").one()
    path = f"/desk/orders/{order.number}/messages/{message.id}"
    assert "waits to be sent" in as_user(tom).get(path).text
    assert as_user(tom).submit(f"{path}/send").status_code == 422


def test_a_message_about_another_order_is_not_there(order, cafe, loaf, as_user, tom):
    other = sent_about(placed({loaf: 1}, cafe))
    path = f"/desk/orders/{order.number}/messages/{other.id}"
    assert as_user(tom).get(path).status_code == 404
    assert as_user(tom).submit(f"{path}/send").status_code == 404


def test_whoever_may_only_look_sends_nothing_again(order, as_user, wanda):
    path = f"/desk/orders/{order.number}/messages/{sent_about(order).id}"
    browser = as_user(wanda)
    assert "Send again" not in browser.get(path).text
    assert browser.submit(f"{path}/send").status_code == 403


def test_words_of_people_are_never_markup(cafe, loaf, as_user, tom):
    order = placed({loaf: 1}, cafe, notes="<script>alert(1)</script>", po_number="<b>PO</b>")
    page = page_of(as_user(tom), order)
    assert "<script>alert" not in page
    assert "<b>PO" not in page
    assert as_it_is(order).status == OrderStatus.PENDING
