"""What the gateway tells: only its own words, only now, only as they were sent."""

import http.server
import json
import threading
import time
from contextlib import contextmanager
from datetime import timedelta

import pytest

from app.core import clock
from app.payments.gateway import NotGenuine
from tests.payments.sandbox import running_sandbox, wanted

LATE = timedelta(seconds=301)


@pytest.fixture
def told(sandbox):
    """The gateway and one event, as it comes."""
    gateway, before = sandbox.gateway(), sandbox.last_told()
    page = gateway.open_page(wanted(payment_id=12), key=f"told {time.monotonic_ns()}")
    sandbox.approve(page)
    _, raw, signature = next(event for event in sandbox.told(after=before) if b"checkout" in event[1])
    return gateway, raw, signature, page


def test_a_genuine_event_says_which_payment_to_look_up(told):
    gateway, raw, signature, page = told
    event = gateway.read_event(raw, signature)
    assert (event.type, event.ref, event.our_payment_id) == (
        "checkout.session.completed",
        page.session_ref,
        12,
    )
    assert event.raw["id"] == event.id


FORGERIES = {
    "no signature": lambda raw, signature: (raw, ""),
    "another signature": lambda raw, signature: (raw, signature[:-4] + "beef"),
    "no moment": lambda raw, signature: (raw, signature.partition(",")[2]),
    "two moments": lambda raw, signature: (raw, f"t=1,{signature}"),
    "another moment": lambda raw, signature: (raw, signature.replace("t=", "t=1")),
    "an old way to sign": lambda raw, signature: (raw, signature.replace("v1=", "v0=")),
    "nonsense": lambda raw, signature: (raw, "t=,v1=,,é=\x00"),
    "another amount": lambda raw, signature: (raw.replace(b"18640", b"00001"), signature),
    "the same, written anew": lambda raw, signature: (
        json.dumps(json.loads(raw), indent=1).encode(),
        signature,
    ),
    "cut short": lambda raw, signature: (raw[:-1], signature),
    "no body": lambda raw, signature: (b"", signature),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_what_is_not_exactly_as_it_was_signed_is_not_read(told, forgery):
    gateway, raw, signature, _ = told
    with pytest.raises(NotGenuine):
        gateway.read_event(*FORGERIES[forgery](raw, signature))


@pytest.mark.parametrize("by", [LATE, -LATE], ids=["301 s ago", "301 s ahead"])
def test_what_was_signed_at_another_time_is_not_read(told, by):
    gateway, raw, signature, _ = told
    with clock.moved(by), pytest.raises(NotGenuine, match="another time"):
        gateway.read_event(raw, signature)


def test_what_was_signed_a_few_minutes_ago_is_read(told):
    gateway, raw, signature, _ = told
    with clock.moved(timedelta(seconds=295)):
        assert gateway.read_event(raw, signature)


def test_what_somebody_else_signed_is_not_read(told, sandbox):
    gateway, raw, signature, _ = told
    gateway.account = gateway.account._replace(webhook_secret="whsec_of_another_house_0123456789")
    with pytest.raises(NotGenuine):
        gateway.read_event(raw, signature)


def test_while_the_secret_is_changed_one_good_signature_of_two_is_enough(told):
    gateway, raw, signature, _ = told
    assert gateway.read_event(raw, f"{signature},v1={'0' * 64}")


@contextmanager
def a_house(refusals=0):
    """Somebody who is told: their address, and what they heard."""
    heard, left = [], [refusals]

    class House(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            left[0] -= 1
            if left[0] < 0:
                heard.append((body, self.headers["Stripe-Signature"]))
            self.send_response(200 if left[0] < 0 else 503)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), House)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/events", heard
    finally:
        server.shutdown()
        server.server_close()


def until(there):
    deadline = time.monotonic() + 15
    while not there() and time.monotonic() < deadline:
        threading.Event().wait(0.02)
    assert there()


@pytest.mark.proof
def test_events_are_told_until_they_are_taken_and_faults_of_telling_do_what_they_say():
    with a_house(refusals=1) as (url, heard), running_sandbox(tell=url) as other:
        gateway = other.gateway()

        def pays(key):
            heard.clear()
            other.approve(gateway.open_page(wanted(captures=True), key=key))

        def types():
            return [gateway.read_event(*each).type for each in heard]

        pays("refused once")
        until(lambda: len(heard) == 3)
        assert sorted(types()) == [
            "charge.captured",
            "checkout.session.completed",
            "payment_intent.succeeded",
        ]

        other.fault("duplicate", on="payment_intent.succeeded", count=1)
        pays("told twice")
        until(lambda: len(heard) == 4)
        assert types().count("payment_intent.succeeded") == 2

        other.fault("disorder", on="payment_intent.succeeded", count=1, seconds=0.5)
        pays("told late")
        until(lambda: len(heard) == 3)
        assert types()[-1] == "payment_intent.succeeded"

        other.fault("silent", on="payment_intent.succeeded", count=1)
        other.fault("forged", on="checkout.session.completed", count=1)
        pays("told by somebody else too")
        until(lambda: len(heard) == 3)
        genuine = [each for each in heard if b"evt_forged" not in each[0]]
        [forged] = [each for each in heard if each not in genuine]
        with pytest.raises(NotGenuine):
            gateway.read_event(*forged)
        assert {gateway.read_event(*each).type for each in genuine} == {
            "charge.captured",
            "checkout.session.completed",
        }
