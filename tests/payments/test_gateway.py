"""The real adapter against a gateway that speaks Stripe's protocol: each call does one thing, once."""

from datetime import timedelta
from decimal import Decimal

import pytest

from app.core import clock
from app.payments.gateway import CardStatus, Declined, Page, Snapshot
from app.payments.minor_units import from_minor_units, in_minor_units
from app.payments.stripe_gateway import StripeGateway
from app.sandbox import sessions
from app.sandbox.cards import cancel
from app.sandbox.store import Store
from app.sandbox.till import Till
from tests.payments.sandbox import Sandbox, running_sandbox, wanted

TOTAL = Decimal("186.40")


@pytest.fixture
def gateway(sandbox: Sandbox) -> StripeGateway:
    return sandbox.gateway()


@pytest.fixture
def page(gateway: StripeGateway, request: pytest.FixtureRequest) -> Page:
    return gateway.open_page(wanted(), key=f"open {request.node.name}")


@pytest.fixture
def held(sandbox: Sandbox, gateway: StripeGateway, page: Page) -> Snapshot:
    """Somebody paid, and it waits on their card."""
    sandbox.approve(page)
    return gateway.look_up(page.session_ref)


def test_a_page_is_open_until_the_moment_we_named_and_nobody_has_paid_on_it(gateway):
    until = clock.now().replace(microsecond=0) + timedelta(hours=2)
    page = gateway.open_page(wanted(payment_id=41, until=until), key="a page of two hours")
    assert page.until == until
    seen = gateway.look_up(page.session_ref)
    assert (seen.status, seen.our_payment_id, seen.payment_ref) == (CardStatus.WAITING, 41, None)


def test_the_same_key_opens_one_page(gateway):
    asked = wanted()
    first = gateway.open_page(asked, key="one page")
    assert gateway.open_page(asked, key="one page") == first


def test_whoever_pays_comes_back_to_us_and_the_amount_is_held_on_the_card(sandbox, gateway, page):
    assert sandbox.approve(page) == "http://localhost/orders/10482/paid"
    seen = gateway.look_up(page.session_ref)
    assert (seen.status, seen.authorised, seen.captured) == (CardStatus.AUTHORISED, TOTAL, 0)
    assert (seen.our_payment_id, seen.card) == (7, "Visa ending 4242")
    assert sandbox.ledger(seen.payment_ref) == [("authorise", 18640)]


def test_a_payment_that_needs_no_waiting_is_taken_at_once(sandbox, gateway):
    page = gateway.open_page(wanted(captures=True), key="taken at once")
    sandbox.approve(page)
    seen = gateway.look_up(page.session_ref)
    assert (seen.status, seen.captured) == (CardStatus.CAPTURED, TOTAL)


def test_a_declined_card_may_be_followed_by_a_better_one(sandbox, gateway, page):
    sandbox.decline(page)
    seen = gateway.look_up(page.session_ref)
    assert (seen.status, seen.problem) == (CardStatus.WAITING, "Your card was declined.")
    sandbox.approve(page)
    assert gateway.look_up(page.session_ref).status is CardStatus.AUTHORISED


def test_whoever_thinks_better_of_it_comes_back_with_nothing_paid(sandbox, gateway, page):
    assert sandbox.go_back(page) == "http://localhost/orders/10482"
    assert gateway.look_up(page.session_ref).status is CardStatus.WAITING


def test_part_of_what_is_held_is_taken_and_the_rest_let_go_is_no_refund(sandbox, gateway, held):
    taken = gateway.capture(held.payment_ref, Decimal("150.15"), "GBP", key="take a part")
    assert (taken.status, taken.authorised, taken.captured) == (CardStatus.CAPTURED, TOTAL, Decimal("150.15"))
    assert (taken.refunded, taken.refunds) == (0, ())
    with pytest.raises(Declined, match="moved on"):
        gateway.capture(held.payment_ref, Decimal("10"), "GBP", key="take it again")
    assert sandbox.ledger(held.payment_ref) == [("authorise", 18640), ("capture", 15015)]


def test_nobody_takes_more_than_is_held(sandbox, gateway, held):
    with pytest.raises(Declined, match="more than a card can pay"):
        gateway.capture(held.payment_ref, TOTAL + 1, "GBP", key="too much")
    assert sandbox.ledger(held.payment_ref) == [("authorise", 18640)]


def test_what_is_held_is_let_go_and_stays_so(gateway, held):
    gone = gateway.void(held.payment_ref, key="let it go")
    assert (gone.status, gone.voided, gone.captured, gone.refunds) == (CardStatus.VOIDED, True, 0, ())
    assert gateway.void(held.payment_ref, key="let it go, once more").voided
    with pytest.raises(Declined):
        gateway.capture(held.payment_ref, TOTAL, "GBP", key="too late")


def test_what_was_taken_first_stays_taken_and_who_lets_it_go_is_told(gateway, held):
    gateway.capture(held.payment_ref, TOTAL, "GBP", key="taken first")
    told = gateway.void(held.payment_ref, key="let go second")
    assert (told.status, told.captured, told.voided) == (CardStatus.CAPTURED, TOTAL, False)


def test_the_payment_of_an_open_page_is_not_cancelled_but_closes_with_it(sandbox, gateway, page):
    sandbox.decline(page)
    declined = gateway.look_up(page.session_ref)
    with pytest.raises(Declined, match="expire that instead"):
        gateway.void(declined.payment_ref, key="the payment alone")
    assert gateway.void(page.session_ref, key="its page").status is CardStatus.EXPIRED
    assert gateway.look_up(declined.payment_ref).status is CardStatus.EXPIRED


def test_a_page_whose_payment_is_over_already_closes_all_the_same(tmp_path):
    till = Till(Store(tmp_path / "sandbox.sqlite"), "secret", "another")
    price = {"currency": "gbp", "unit_amount": "4800"}
    asked = {"mode": "payment", "success_url": "/", "cancel_url": "/"}
    lines = [{"quantity": "1", "price_data": price}]
    opened = sessions.open_session(till, asked | {"line_items": lines}, pages="/")
    declined = sessions.pay(till, opened["id"], approved=False)
    cancel(till, declined["payment_intent"], {})
    till.store.put(declined | {"expires_at": 0})
    sessions.close_those_that_ran_out(till)
    assert sessions.session_now(till, opened["id"])["status"] == "expired"


def test_nobody_pays_on_a_closed_page_and_who_closes_one_that_was_paid_on_is_told(sandbox, gateway, page):
    assert gateway.void(page.session_ref, key="close it").status is CardStatus.EXPIRED
    sandbox.approve(page)
    assert gateway.look_up(page.session_ref).status is CardStatus.EXPIRED
    other = gateway.open_page(wanted(), key="another page")
    sandbox.approve(other)
    closed = gateway.void(other.session_ref, key="close the other")
    assert (closed.status, closed.voided) == (CardStatus.AUTHORISED, False)


def test_money_goes_back_in_parts_until_nothing_is_left(sandbox, gateway, held):
    gateway.capture(held.payment_ref, TOTAL, "GBP", key="capture to refund")
    first = gateway.refund(held.payment_ref, Decimal("86.40"), "GBP", our_refund_id=3, key="refund 3")
    assert (first.refunded, first.status) == (Decimal("86.40"), CardStatus.CAPTURED)
    both = gateway.refund(held.payment_ref, Decimal("100"), "GBP", our_refund_id=4, key="refund 4")
    assert both.refunded == TOTAL
    assert {(each.our_refund_id, each.amount, each.status) for each in both.refunds} == {
        (3, Decimal("86.40"), "done"),
        (4, Decimal("100.00"), "done"),
    }
    with pytest.raises(Declined, match="All of it was given back already"):
        gateway.refund(held.payment_ref, Decimal("0.01"), "GBP", our_refund_id=5, key="refund 5")


def test_the_same_key_takes_and_gives_back_once_however_often_it_is_asked(sandbox, gateway, held):
    for _ in range(3):
        gateway.capture(held.payment_ref, TOTAL, "GBP", key="capture thrice")
    for _ in range(3):
        gateway.refund(held.payment_ref, Decimal("10"), "GBP", our_refund_id=8, key="refund thrice")
    assert sandbox.ledger(held.payment_ref) == [("authorise", 18640), ("capture", 18640), ("refund", 1000)]


def test_what_the_gateway_does_not_know_is_a_definite_no(gateway):
    for ref in ("cs_test_nothing", "pi_nothing"):
        with pytest.raises(Declined, match="does not know this payment"):
            gateway.look_up(ref)


@pytest.mark.proof
def test_a_restart_of_the_gateway_loses_nothing():
    with running_sandbox() as other:
        gateway = other.gateway()
        page = gateway.open_page(wanted(), key="before the end")
        other.approve(page)
        seen, told = gateway.look_up(page.session_ref), len(other.told())
        other.stop()
        other.start()
        assert gateway.look_up(page.session_ref) == seen
        assert (len(other.told()), other.ledger()) == (told, [("authorise", 18640)])


@pytest.mark.parametrize(
    ("amount", "currency", "counted"),
    [
        ("18.64", "GBP", 1864),
        ("0.01", "eur", 1),
        ("18.00", "JPY", 18),
        ("7.50", "KWD", 7500),
        ("9", "USD", 900),
    ],
)
def test_an_amount_is_counted_in_the_coins_of_its_currency(amount, currency, counted):
    assert in_minor_units(Decimal(amount), currency) == counted
    assert from_minor_units(counted, currency) == Decimal(amount)


def test_an_amount_that_no_coin_can_pay_is_refused_before_anything_is_asked(sandbox):
    nowhere = sandbox.gateway(url="http://127.0.0.1:9")
    with pytest.raises(Declined, match=r"Nobody can pay 18\.50 JPY"):
        nowhere.open_page(wanted("18.50", currency="JPY"), key="half a yen")
