"""A gateway that is slow, broken or gone: what may have happened is never called a no, and nothing is done twice."""

import logging
import socket
import threading
import time
from decimal import Decimal

import pytest

from app.payments.gateway import CardStatus, Declined, GatewayAway, Unknown
from tests.payments.sandbox import SECRET_KEY, WEBHOOK_SECRET, wanted

TOTAL = Decimal("186.40")


@pytest.fixture
def held(sandbox):
    """Somebody paid, and it waits on their card: its reference."""
    gateway = sandbox.gateway()
    page = gateway.open_page(wanted(), key=f"open {time.monotonic_ns()}")
    sandbox.approve(page)
    return gateway.look_up(page.session_ref).payment_ref


@pytest.mark.parametrize("kind", ["500", "429", "drop"])
def test_one_failure_is_tried_again_at_once_and_nobody_notices(sandbox, held, kind):
    sandbox.fault(kind, count=1)
    taken = sandbox.gateway().capture(held, TOTAL, "GBP", key=f"{kind} {held}")
    assert taken.captured == TOTAL
    assert sandbox.ledger(held) == [("authorise", 18640), ("capture", 18640)]


@pytest.mark.parametrize(
    ("kind", "error", "is_done"),
    [("500", Unknown, False), ("429", GatewayAway, False), ("drop", Unknown, True), ("hang", Unknown, False)],
)
def test_a_failure_that_lasts_says_what_is_known_and_the_same_key_heals_it(
    sandbox, held, kind, error, is_done
):
    gateway = sandbox.gateway(timeout=0.3)
    sandbox.fault(kind, on="capture")
    with pytest.raises(error):
        gateway.capture(held, TOTAL, "GBP", key=f"lasting {held}")
    assert (("capture", 18640) in sandbox.ledger(held)) is is_done
    sandbox.no_faults()
    assert gateway.capture(held, TOTAL, "GBP", key=f"lasting {held}").captured == TOTAL
    assert sandbox.ledger(held) == [("authorise", 18640), ("capture", 18640)]


def test_a_charge_whose_answer_was_lost_can_be_looked_up(sandbox, held):
    sandbox.fault("drop", on="capture")
    with pytest.raises(Unknown):
        sandbox.gateway().capture(held, TOTAL, "GBP", key=f"lost {held}")
    assert sandbox.gateway().look_up(held).status is CardStatus.CAPTURED


def test_a_doubt_stays_a_doubt_when_the_second_answer_is_that_we_came_too_often(sandbox, held):
    sandbox.fault("drop", count=1)
    sandbox.fault("429", probability=0.5, seed=10)  # not the first time, but the second
    with pytest.raises(Unknown):
        sandbox.gateway().capture(held, TOTAL, "GBP", key=f"doubt {held}")


def test_a_key_that_was_used_for_something_else_is_a_doubt_and_moves_nothing(sandbox, held):
    gateway = sandbox.gateway()
    gateway.capture(held, Decimal("10"), "GBP", key=f"reused {held}")
    with pytest.raises(Unknown):
        gateway.refund(held, Decimal("10"), "GBP", our_refund_id=1, key=f"reused {held}")
    assert ("refund", 1000) not in sandbox.ledger(held)


def test_nobody_waits_longer_than_the_time_we_give_it(sandbox, held):
    sandbox.fault("hang", on="capture", count=1)
    began = time.monotonic()
    with pytest.raises(Unknown):
        sandbox.gateway(timeout=0.5).capture(held, TOTAL, "GBP", key=f"hangs {held}")  # not asked again
    assert time.monotonic() - began < 5


def test_a_gateway_that_nobody_reaches_was_surely_not_asked(sandbox):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # taken, and not listened on
        gateway = sandbox.gateway(url=f"http://127.0.0.1:{nobody.getsockname()[1]}")
        with pytest.raises(GatewayAway, match="Try again in a minute"):
            gateway.open_page(wanted(), key="nobody there")


def test_a_key_that_the_gateway_refuses_is_our_trouble_and_no_verdict_on_a_card(sandbox):
    gateway = sandbox.gateway()
    gateway.account = gateway.account._replace(secret_key="sk_test_somebody_elses_0123456789abcdef")
    with pytest.raises(GatewayAway):
        gateway.open_page(wanted(), key="refused key")


def test_after_five_failures_the_gateway_is_left_alone_and_then_tried_again(sandbox, held):
    gateway = sandbox.gateway(rest=2)
    sandbox.fault("500")
    for _ in range(5):
        with pytest.raises((Unknown, GatewayAway)):
            gateway.look_up(held)
    assert gateway.is_open
    sandbox.no_faults()
    with pytest.raises(GatewayAway):
        gateway.look_up(held)
    deadline = time.monotonic() + 20
    while gateway.is_open and time.monotonic() < deadline:
        threading.Event().wait(0.05)
    assert gateway.look_up(held).status is CardStatus.AUTHORISED
    assert not gateway.is_open


def test_declined_cards_and_single_failures_open_no_circuit(sandbox, held):
    gateway = sandbox.gateway()
    for attempt in range(5):
        with pytest.raises(Declined):
            gateway.capture(held, TOTAL + 1, "GBP", key=f"too much {attempt} {held}")
    for _ in range(5):
        sandbox.fault("500", count=1)
        gateway.look_up(held)
    assert not gateway.is_open


def test_one_who_waits_keeps_nobody_else_waiting(sandbox, held):
    gateway = sandbox.gateway(timeout=20)
    gateway.look_up(held)
    sandbox.fault("slow", on="capture", count=1, seconds=15)
    slow = threading.Thread(target=gateway.capture, args=(held, TOTAL, "GBP"), kwargs={"key": f"slow {held}"})
    slow.start()
    began = time.monotonic()
    gateway.look_up(held)
    assert time.monotonic() - began < 10
    sandbox.no_faults()  # whoever is slow may go on
    slow.join()


def test_no_secret_and_nothing_of_a_card_is_ever_logged(sandbox, held, caplog):
    caplog.set_level(logging.DEBUG)
    gateway = sandbox.gateway(timeout=0.3)
    gateway.capture(held, TOTAL, "GBP", key=f"logged {held}")
    sandbox.fault("500")
    with pytest.raises(Unknown):
        gateway.look_up(held)
    said = caplog.text + repr(gateway.account)
    for secret in (SECRET_KEY, WEBHOOK_SECRET, "4242", "maya@copperkettle.example"):
        assert secret not in said
