"""The page of one order: what it tells its buyer, and what they can do about it."""

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import func

from app.accounts.models import Role
from app.billing.models import Receipt
from app.billing.states import PaymentState
from app.core import clock
from app.core.access import SYSTEM
from app.core.database import db
from app.core.outbox import OutboxMessage
from app.fulfilment.service import packing, sending
from app.orders.models import Order
from app.orders.moves import MOVES
from app.orders.service import moving, paying
from app.shop.words import how_it_is_paid
from tests import factories
from tests.billing.owing import came_in
from tests.orders.ordering import able_to_order, as_it_is, buying, goods, placed
from tests.shop.ordering import words
from tests.statements import noted
from tests.stock.shelving import filled, shelf


@pytest.fixture
def cafe(copper_kettle, context):
    return able_to_order(copper_kettle)


@pytest.fixture
def loaf(context):
    return filled(goods("Sourdough", "3.25"), 20)


@pytest.fixture
def order(maya, cafe, loaf) -> Order:
    return placed({loaf: 4}, cafe, by=buying(maya), po_number="CK-1119", notes="Side door")


def confirmed(order: Order) -> Order:
    return moving.confirm(order.number, by=SYSTEM, at=clock.now())


def shipped(order: Order, **how) -> Order:
    confirmed(order)
    shipment = packing.open_shipment(order.number, by=SYSTEM, at=clock.now())
    packing.pack(shipment.id, by=SYSTEM, at=clock.now(), **how)
    sending.ship(shipment.id, carrier="DPD", tracking="1560 0113", by=SYSTEM, at=clock.now())
    return as_it_is(order)


def prepay(order: Order, receipt: Receipt) -> None:
    paying.prepay(order.number, receipt.id, receipt.amount, by=SYSTEM, at=clock.now())


def page_of(browser, order: Order) -> str:
    found = browser.get(f"/orders/{order.number}")
    assert found.status_code == 200
    return words(found)


def mail(order: Order, subject: str, *, topic: str = "orders.mail_received") -> OutboxMessage:
    sent = {
        "to": "maya@copper.example",
        "subject": subject,
        "text": "Thank you",
        "html": "",
        "message_id": "<1@x>",
    }
    return factories.saved(
        OutboxMessage(
            topic=topic,
            payload={},
            attempts=1,
            done_at=func.clock_timestamp(),
            sent=sent,
            about=f"order:{order.id}",
        )
    )


def test_it_tells_what_was_agreed(mayas, order):
    page = page_of(mayas, order)
    assert f"Order {order.number}, placed – Orders" in page
    assert "by Maya Osei. Your reference CK-1119." in page
    assert "<dd>£15.60</dd>" in page
    assert "14 Weir Street" in page
    assert "Side door" in page
    assert "Base price." in page
    assert "Due 30 days after the invoice." in page


def test_another_companys_order_does_not_exist(as_user, ben, order):
    bens = as_user(ben)
    path = f"/orders/{order.number}"
    assert {bens.get(f"{path}{more}").status_code for more in ("", "/cancel", "/return")} == {404}
    asked = {"reason": "Because", "text": "Hello", "version": "1"}
    posts = ("/notes", "/received", "/cancel", "/return")
    assert {bens.submit(f"{path}{more}", **asked).status_code for more in posts} == {404}
    assert as_it_is(order).status == "pending"


def test_what_is_no_number_of_an_order_is_not_found(mayas, context):
    assert mayas.get("/orders/987654321").status_code == 404


def test_a_number_larger_than_any_is_not_found(mayas, context):
    assert mayas.get("/orders/98765432109876543210").status_code == 404


def test_it_is_cancelled_with_a_reason_after_the_effects_were_said(mayas, order, loaf):
    asked = mayas.get(f"/orders/{order.number}/cancel")
    assert "All its stock goes back on sale" in words(asked)
    missing = mayas.submit(f"/orders/{order.number}/cancel", version=str(order.version), reason="")
    assert missing.status_code == 422
    assert "Say why, in a few words." in words(missing)
    done = mayas.submit(f"/orders/{order.number}/cancel", version=str(order.version), reason="Wrong day")
    assert done.status_code == 303
    assert shelf(loaf).reserved == 0
    page = page_of(mayas, order)
    assert "This order is cancelled" in page
    assert "Wrong day" in page
    assert "Nothing due" in page
    assert "/cancel" not in page


def test_who_cancels_what_was_changed_since_looks_again_and_loses_nothing(mayas, order):
    moving.hold(order.number, reason="Call them", by=SYSTEM)
    stale = mayas.submit(f"/orders/{order.number}/cancel", version="1", reason="Wrong day")
    assert stale.status_code == 409
    assert "Somebody changed this while you had it open." in words(stale)
    assert 'value="Wrong day"' in stale.text
    seen = re.search(r'name="version"[^>]*value="(\d+)"', stale.text)[1]
    again = mayas.submit(f"/orders/{order.number}/cancel", version=seen, reason="Wrong day")
    assert again.status_code == 303
    assert as_it_is(order).status == "cancelled"


def test_who_cancels_too_late_is_told_in_plain_words(mayas, order):
    confirmed(order)
    too_late = mayas.submit(f"/orders/{order.number}/cancel", version="1", reason="Wrong day")
    assert too_late.status_code == 409
    assert "It is confirmed by now. Ring us to change anything." in words(too_late)
    assert f"Order {order.number}, confirmed – Orders" in words(too_late)
    assert mayas.get(f"/orders/{order.number}/cancel").status_code == 409
    assert as_it_is(order).status == "confirmed"


def test_what_a_buyer_does_is_said_to_the_buyer():
    """And never about them: "the customer gets an email" is for the desk."""
    said = " ".join(f"{move.words} {move.effects}" for move in MOVES if move.buyer)
    assert not re.search(r"customer|buyer", said, re.I)


def test_a_second_click_cancels_once(mayas, order):
    sent = {"version": str(order.version), "reason": "Wrong day", "once": "a" * 43}
    first = mayas.submit(f"/orders/{order.number}/cancel", **sent)
    second = mayas.submit(f"/orders/{order.number}/cancel", **sent)
    assert (first.status_code, second.status_code) == (303, 303)


def test_on_hold_it_says_why_and_what_to_do(mayas, cafe, loaf):
    waits = placed({loaf: 4}, cafe, payment_method="transfer")
    page = page_of(mayas, waits)
    assert f"It waits for your bank transfer of £15.60. Quote {waits.number}, so that we find it." in page
    prepay(waits, came_in("5.00", cafe))
    assert f"It waits for your bank transfer of £10.60. Quote {waits.number}" in page_of(mayas, waits)
    confirmed_one = placed({loaf: 1}, cafe)
    moving.hold(confirmed_one.number, reason="They owe us a crate", by=SYSTEM)
    page = page_of(mayas, confirmed_one)
    assert "The order desk looks at it first." in page
    assert "crate" not in page


def test_an_order_by_transfer_is_called_paid_when_it_is_and_not_before(mayas, cafe, loaf):
    trusted, paid = (placed({loaf: 4}, cafe, payment_method="transfer") for _ in range(2))
    moving.release(trusted.number, reason="They pay on Friday", by=SYSTEM, at=clock.now())
    assert '<p class="small">To be paid by bank transfer.</p>' in page_of(mayas, trusted)
    prepay(paid, came_in("15.60", cafe))
    assert '<p class="small">Paid in full.</p>' in page_of(mayas, paid)
    shipped(trusted)
    assert '<p class="small">An invoice of it is still to be paid.</p>' in page_of(mayas, trusted)


def test_every_state_of_payment_has_its_sentence():
    for state in PaymentState:
        order = SimpleNamespace(payment_state=state.value, payment_method="card")
        assert re.fullmatch(r"[A-Z][^{}]+\.", how_it_is_paid(order))


def test_whoever_pays_no_tax_reads_nothing_of_it(mayas, order, cafe, loaf):
    assert "<dt>VAT 20%</dt>" in page_of(mayas, order)
    cafe.tax_treatment = "exempt"
    db.session.add(cafe)
    db.session.commit()
    assert "<dt>VAT" not in page_of(mayas, placed({loaf: 2}, cafe))


def test_what_was_sent_and_with_whom(mayas, order):
    shipped(order, picked={1: 3})
    page = page_of(mayas, order)
    assert f"Order {order.number}, part shipped – Orders" in page
    assert "3 of 4" in page
    assert 'aria-current="step">Part shipped<' in page
    assert f"{order.number}/1" in page
    assert "DPD" in page
    assert "1560 0113" in page


def test_received_says_it_all_arrived(mayas, order):
    now = shipped(order)
    page = page_of(mayas, order)
    assert "The order is done. Something wrong can still be sent back." in page
    done = mayas.submit(f"/orders/{order.number}/received", version=str(now.version))
    assert done.status_code == 303
    assert as_it_is(order).status == "delivered"
    assert "Yes, received" not in page_of(mayas, order)


def test_received_on_a_stale_page_is_refused_with_the_page_as_it_is(mayas, order):
    now = shipped(order)
    stale = mayas.submit(f"/orders/{order.number}/received", version=str(now.version - 1))
    assert stale.status_code == 409
    assert "Somebody changed this while you had it open." in words(stale)
    assert "Yes, received" in words(stale)
    assert as_it_is(order).status == "shipped"


def test_what_has_not_left_cannot_be_received(mayas, order):
    early = mayas.submit(f"/orders/{order.number}/received", version=str(order.version))
    assert early.status_code == 409
    assert as_it_is(order).status == "pending"


def test_a_note_reaches_the_desk_and_stays_with_the_order(mayas, order):
    sent = mayas.submit(f"/orders/{order.number}/notes", text="Ring the bell <twice>", once="b" * 43)
    assert sent.status_code == 303
    assert "Ring the bell &lt;twice&gt;" in page_of(mayas, order)


@pytest.mark.parametrize(
    ("typed", "said"), [("", "Write something first."), ("x" * 501, "Use 500 characters")]
)
def test_a_note_is_refused_beside_its_box(mayas, order, typed, said):
    refused = mayas.submit(f"/orders/{order.number}/notes", text=typed)
    assert refused.status_code == 422
    assert said in words(refused)
    assert typed in refused.text


def test_what_we_write_to_ourselves_is_not_shown(mayas, order):
    moving.note(order.number, text="Slow payer", for_buyer=False, by=SYSTEM)
    moving.note(order.number, text="Bread comes warm", for_buyer=True, by=SYSTEM)
    page = page_of(mayas, order)
    assert "Slow payer" not in page
    assert "Bread comes warm" in page


def test_something_is_sent_back(mayas, order):
    shipped(order)
    asked = mayas.get(f"/orders/{order.number}/return")
    assert "The order desk looks at it and answers." in words(asked)
    sent = mayas.submit(f"/orders/{order.number}/return", reason="Burnt", q1="2")
    assert sent.status_code == 303
    page = page_of(mayas, order)
    assert f"{order.number}/R1: we look at it." in " ".join(re.sub(r"<[^>]*>", "", page).split())


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"q1": "5", "reason": "Burnt"}, "4 of Sourdough can be sent back."),
        ({"q1": "1.5", "reason": "Burnt"}, "Type a whole number, like 6."),
        ({"q1": "٣", "reason": "Burnt"}, "Type a whole number, like 6."),
        ({"q1": "-1", "reason": "Burnt"}, "Type a whole number, like 6."),
        ({"q7": "1", "reason": "Burnt"}, "That line is not in this order."),
        ({"q1": "0", "reason": "Burnt"}, "Say how many come back, 1 or more."),
        ({"q1": "1", "reason": ""}, "Say what is wrong with it."),
    ],
)
def test_what_cannot_come_back_is_refused_beside_its_box(mayas, order, typed, said):
    shipped(order)
    refused = mayas.submit(f"/orders/{order.number}/return", **typed)
    assert refused.status_code == 422
    assert said in words(refused)
    assert f"{order.number}/R1" not in page_of(mayas, order)


def test_nothing_can_be_sent_back_before_it_has_left(mayas, order):
    assert "Send something back" not in page_of(mayas, order)
    assert mayas.get(f"/orders/{order.number}/return").status_code == 409


def test_messages_are_shown_as_they_were_sent(mayas, as_user, ben, order):
    ours, desks = (
        mail(order, "Order received"),
        mail(order, "New order", topic="orders.mail_received_at_desk"),
    )
    page = page_of(mayas, order)
    assert f"/orders/{order.number}/messages/{ours.id}" in page
    assert f"/messages/{desks.id}" not in page
    letter = words(mayas.get(f"/orders/{order.number}/messages/{ours.id}"))
    assert "Order received" in letter
    assert "Thank you" in letter
    assert mayas.get(f"/orders/{order.number}/messages/{desks.id}").status_code == 404


def test_a_message_is_reached_through_its_own_order_alone(mayas, order, cafe, loaf):
    other = placed({loaf: 1}, cafe)
    ours = mail(order, "Order received")
    assert mayas.get(f"/orders/{other.number}/messages/{ours.id}").status_code == 404


def test_who_may_only_look_is_offered_nothing_to_press(as_user, copper_kettle, order):
    role = Role(code="reader", name="Reader", kind="buyer")
    role.grant_exactly(frozenset({"orders:read"}))
    factories.saved(role)
    rosa = as_user(factories.user("Rosa Reader", role="reader", of=copper_kettle))
    page = page_of(rosa, order)
    assert "Cancel order" not in page
    assert "Order again" not in page
    assert "Send note" not in page
    assert rosa.get("/checkout").status_code == 403
    assert "Again</a>" not in words(rosa.get("/orders"))


def test_a_page_costs_the_same_for_many_lines(mayas, maya, cafe, context):
    many = {filled(goods(f"Thing {number:03}", "2.50"), 9): 1 for number in range(30)}
    order = placed(many, cafe, by=buying(maya))
    with noted() as asked:
        page_of(mayas, order)
    assert len(asked) <= 9, asked


def test_the_day_is_told_under_its_hole(mayas, maya, cafe, loaf):
    factories.delivery_method("Our van", weekdays=[1, 2, 3, 4, 5, 6, 7])
    order = placed({loaf: 1}, cafe, by=buying(maya))
    assert order.promised_on >= clock.now().date() + timedelta(days=1)
    assert "Our van" in page_of(mayas, order)
