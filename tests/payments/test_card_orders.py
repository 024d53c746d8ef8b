"""A card order from its checkout to the money: what is held, taken, let go and given back, and what people read."""

from datetime import timedelta
from decimal import Decimal

import pytest

from app.billing.models import InvoiceBalance, PaymentStatus, Refund
from app.core import clock, outbox
from app.core.access import SYSTEM
from app.core.database import db
from app.core.transaction import in_one_transaction
from app.orders.amended import Changes
from app.orders.service import amending, moving
from app.orders.states import HoldReason, OrderStatus
from app.payments.gateway import GatewayAway, Unknown
from app.payments.models import PaymentOperation
from app.payments.service import asking
from tests.accounts.program import signed_in
from tests.fulfilment.moving_goods import sent
from tests.orders.ordering import able_to_order, as_it_is, buying, goods
from tests.payments.paying import card_order, moved, page_for, paid, the_payment_of, work
from tests.shop.ordering import fill, ordered, words
from tests.shop.ordering import sent as pressed
from tests.stock.shelving import filled, shelf


@pytest.fixture
def cafe(copper_kettle, context):
    return able_to_order(copper_kettle)


@pytest.fixture
def loaf(context):
    return filled(goods("Sourdough", "10.00"), 90)


@pytest.fixture
def mayas(as_user, maya, cafe, cards):
    return as_user(maya)


@pytest.fixture
def order(maya, cafe, loaf, cards):
    """Maya's, which waits for her card."""
    return card_order(cafe, {loaf: 4}, by=buying(maya))


def balance_of(order):
    """Held, taken and given back."""
    payment = the_payment_of(order)
    return payment.authorised, payment.captured, payment.refunded


def test_a_buyer_pays_by_card_at_the_checkout_and_the_order_goes_on(mayas, loaf, sandbox):
    number = int(ordered_by_card(mayas, loaf).split("/")[-2])
    page = mayas.get(f"/orders/{number}/pay")
    assert "Pay £48.00 by card" in words(page)
    gateway = mayas.submit(f"/orders/{number}/pay")
    assert gateway.status_code == 303
    back = sandbox.approve(gateway.location)
    done = mayas.get(back.removeprefix("http://localhost"))
    assert done.location == f"/orders/{number}"
    shown = words(mayas.get(done.location))
    assert "Your payment has arrived" in shown
    assert "On hold" not in shown


def ordered_by_card(browser, loaf):
    """Where the checkout leads."""
    fill(browser, {loaf: 4})
    answer = pressed(browser, payment_method="card")
    assert answer.status_code == 303, words(answer)
    return answer.location


def test_a_card_order_keeps_its_goods_for_half_an_hour_and_waits(cafe, loaf, cards):
    order = card_order(cafe, {loaf: 4})
    assert (order.hold_reason, order.authorise_by - order.created_at) == (
        HoldReason.PAYMENT,
        pytest.approx(timedelta(minutes=30), abs=timedelta(seconds=5)),
    )
    assert shelf(loaf).reserved == 4


def test_both_tabs_lead_to_the_same_page_and_one_payment(cafe, loaf, cards, sandbox):
    order = card_order(cafe, {loaf: 4})
    assert page_for(order, cards) == page_for(order, cards)


def test_it_is_taken_when_the_order_is_confirmed_and_pays_its_invoice(cafe, loaf, cards, sandbox):
    order = card_order(cafe, {loaf: 4})
    payment = paid(order, sandbox, cards)
    assert (payment.status, balance_of(order)) == (PaymentStatus.AUTHORISED, (48, 0, 0))
    moving.confirm(order.number, by=SYSTEM, at=clock.now())
    work()
    assert (the_payment_of(order).status, balance_of(order)) == (PaymentStatus.CAPTURED, (48, 48, 0))
    assert moved(payment, sandbox) == [("authorise", 4800), ("capture", 4800)]
    sent(as_it_is(order))
    assert db.session.query(InvoiceBalance.open).all() == [(0,)]


def test_what_left_before_it_was_taken_is_paid_by_it_all_the_same(cafe, loaf, cards, sandbox):
    order = card_order(cafe, {loaf: 4})
    paid(order, sandbox, cards)
    moving.confirm(order.number, by=SYSTEM, at=clock.now())
    sent(as_it_is(order))
    work()
    assert db.session.query(InvoiceBalance.open).all() == [(0,)]
    assert the_payment_of(order).unused == 0


def test_a_cancelled_order_lets_go_what_is_held(cafe, loaf, cards, sandbox):
    order = card_order(cafe, {loaf: 4})
    payment = paid(order, sandbox, cards)
    moving.cancel(order.number, reason="Wrong day", by=SYSTEM, at=clock.now())
    work()
    assert the_payment_of(order).status == PaymentStatus.VOIDED
    assert moved(payment, sandbox) == [("authorise", 4800), ("void", 4800)]


def test_what_was_taken_goes_back_when_the_order_is_cancelled(cafe, loaf, cards, sandbox):
    order = card_order(cafe, {loaf: 4})
    payment = paid(order, sandbox, cards)
    moving.confirm(order.number, by=SYSTEM, at=clock.now())
    work()
    moving.cancel(order.number, reason="Wrong day", by=SYSTEM, at=clock.now())
    work()
    assert (the_payment_of(order).status, balance_of(order)) == (PaymentStatus.REFUNDED, (48, 48, 48))
    assert moved(payment, sandbox)[-1] == ("refund", 4800)
    assert [(one.status, one.amount) for one in db.session.query(Refund)] == [("done", Decimal(48))]


def test_less_of_it_gives_the_difference_back(cafe, loaf, cards, sandbox):
    order = card_order(cafe, {loaf: 4})
    payment = paid(order, sandbox, cards)
    moving.confirm(order.number, by=SYSTEM, at=clock.now())
    work()
    moving.cancel_remainder(order.number, lines={1: 1}, reason="No oven", by=SYSTEM, at=clock.now())
    work()
    assert (balance_of(order), moved(payment, sandbox)[-1]) == ((48, 48, 12), ("refund", 1200))


def test_more_of_it_lets_the_card_go_and_waits_for_another_payment(cafe, loaf, cards, sandbox):
    order = card_order(cafe, {loaf: 4})
    first = paid(order, sandbox, cards)
    amending.amend(order.number, Changes(items={loaf.id: 6}), by=SYSTEM, at=clock.now())
    work()
    assert as_it_is(order).hold_reason == HoldReason.PAYMENT
    assert moved(first, sandbox)[-1] == ("void", 4800)
    second = paid(order, sandbox, cards)
    assert (second.amount, second.status) == (72, PaymentStatus.AUTHORISED)
    assert as_it_is(order).hold_reason is None


def test_an_order_that_changes_while_its_page_is_open_is_paid_on_another(cafe, loaf, cards, sandbox):
    order = card_order(cafe, {loaf: 4})
    old = page_for(order, cards)
    amending.amend(order.number, Changes(items={loaf.id: 6}), by=SYSTEM, at=clock.now())
    assert page_for(order, cards) != old
    assert the_payment_of(order).amount == 72


@pytest.mark.usefixtures("maya")
def test_what_nobody_paid_in_time_goes_back_on_sale_and_its_page_is_closed(cafe, loaf, cards, app):
    order = card_order(cafe, {loaf: 4})
    page_for(order, cards)
    with clock.moved(timedelta(minutes=31)):
        promised("payments.expire")
        work()
    gone = as_it_is(order)
    assert (gone.status, gone.cancel_reason) == (OrderStatus.CANCELLED, "It was not paid by card in time.")
    assert (shelf(loaf).reserved, the_payment_of(order).status) == (0, PaymentStatus.FAILED)
    [mail] = [one for one in app.extensions["gateways"].mailer.sent if "not paid in time" in one.subject]
    assert str(order.number) in mail.subject


def promised(topic):
    in_one_transaction(lambda: outbox.promise(topic))


def test_who_paid_at_the_last_moment_keeps_the_order_though_nobody_told_us(cafe, loaf, cards, sandbox):
    order = card_order(cafe, {loaf: 4})
    sandbox.approve(page_for(order, cards))
    with clock.moved(timedelta(minutes=31)):
        promised("payments.expire")
        work()
    assert (as_it_is(order).status, as_it_is(order).hold_reason) == (OrderStatus.PENDING, None)


@pytest.mark.usefixtures("owner")
def test_money_that_comes_after_the_order_was_cancelled_is_let_go_and_the_desk_hears_of_it(
    cafe, loaf, cards, sandbox, app
):
    order = card_order(cafe, {loaf: 4})
    page = page_for(order, cards)
    moving.cancel(order.number, reason="Wrong day", by=SYSTEM, at=clock.now())
    sandbox.approve(page)
    promised("payments.reconcile")
    with clock.moved(timedelta(minutes=1)):
        work()
        work()
    payment = the_payment_of(order)
    assert (payment.status, moved(payment, sandbox)[-1]) == (PaymentStatus.VOIDED, ("void", 4800))
    assert any("after the order was cancelled" in one.text for one in app.extensions["gateways"].mailer.sent)


def test_a_declined_card_says_so_and_can_be_tried_again(mayas, order, cards, sandbox):
    page = page_for(order, cards)
    sandbox.decline(page)
    back = mayas.get(sandbox.go_back(page).removeprefix("http://localhost"))
    shown = words(mayas.get(back.location))
    assert "Nothing was charged" in shown
    assert "Your card was declined. Try again" in shown
    assert page_for(order, cards) == page
    sandbox.approve(page)
    assert paid_after(order, cards).status == PaymentStatus.AUTHORISED


def paid_after(order, cards):
    asking.ask(the_payment_of(order).id, cards=cards, at=clock.now())
    return the_payment_of(order)


def test_while_nobody_can_say_whether_it_was_paid_it_is_being_confirmed(mayas, order, cards, sandbox):
    back = sandbox.approve(page_for(order, cards))
    sandbox.fault("500")
    answer = mayas.get(back.removeprefix("http://localhost"))
    shown = words(mayas.get(answer.location))
    assert "Your payment is being confirmed" in shown
    assert "Look again" in shown
    with clock.moved(timedelta(minutes=31)):
        promised("payments.expire")
        work()
    assert as_it_is(order).status == OrderStatus.PENDING
    sandbox.no_faults()
    with clock.moved(timedelta(minutes=32)):
        promised("payments.reconcile")
        work()
    assert (the_payment_of(order).status, as_it_is(order).hold_reason) == (PaymentStatus.AUTHORISED, None)


def test_a_gateway_that_is_away_hides_cards_and_everything_else_goes_on(mayas, loaf, cards, sandbox):
    sandbox.fault("500")
    for _ in range(6):
        with pytest.raises((Unknown, GatewayAway)):
            cards.look_up("pi_nobody")
    fill(mayas, {loaf: 4})
    shown = words(mayas.get("/checkout"))
    assert "Paying by card is not working just now" in shown
    assert "By card now" not in shown
    assert ordered(mayas, {loaf: 4})


def test_what_nobody_knows_is_asked_again_under_the_same_key_and_taken_once(cafe, loaf, cards, sandbox):
    order = card_order(cafe, {loaf: 4})
    payment = paid(order, sandbox, cards)
    moving.confirm(order.number, by=SYSTEM, at=clock.now())
    sandbox.fault("drop", on="capture", count=2)
    work()
    [asked] = db.session.query(PaymentOperation).filter_by(kind="capture")
    assert (asked.status, the_payment_of(order).captured) == ("unknown", 0)
    with clock.moved(timedelta(minutes=1)):
        promised("payments.reconcile")
        work()
    assert (asked.status, the_payment_of(order).captured) == ("succeeded", 48)
    assert moved(payment, sandbox) == [("authorise", 4800), ("capture", 4800)]


def test_the_desk_sees_what_was_asked_and_can_ask_again(as_user, tom, order, cards, sandbox):
    sandbox.approve(page_for(order, cards))
    toms = as_user(tom)
    assert "Not paid yet" in words(toms.get(f"/desk/orders/{order.number}"))
    toms.submit(f"/desk/orders/{order.number}/ask-gateway")
    shown = words(toms.get(f"/desk/orders/{order.number}"))
    assert "Held on the card" in shown
    assert "Card authorised" in shown


def test_a_program_is_told_where_its_buyer_pays(context, maya, cafe, loaf, cards):
    sent_in = {"items": [{"sku": loaf.sku, "quantity": 4}], "payment_method": "card"}
    told = (
        signed_in(context, maya).ask("POST", "/orders", sent_in, **{"Idempotency-Key": "card 1"}).json["data"]
    )
    assert told["payment_url"] == f"http://localhost/orders/{told['number']}/pay"


def test_where_cards_are_not_taken_nobody_orders_by_card(context, maya, cafe, loaf):
    sent_in = {"items": [{"sku": loaf.sku, "quantity": 4}], "payment_method": "card"}
    answer = signed_in(context, maya).ask("POST", "/orders", sent_in, **{"Idempotency-Key": "card 2"})
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "payment_method")
