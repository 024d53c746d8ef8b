"""Telling what happened: signed, in order, and again until somebody takes it."""

import hashlib
import hmac
import http.client
import threading
import time
from contextlib import closing
from urllib.parse import urlsplit

from app.sandbox import sessions
from app.sandbox.store import Delivery
from app.sandbox.till import Till

ANSWER_WITHIN = 10.0
A_MOMENT, BETWEEN_LOOKS = 0.05, 1.0
LONGEST_PAUSE = 60.0
SOMEBODY_ELSES = "whsec_of-somebody-who-only-knows-the-address"


def signature(body: bytes, secret: str, *, at: int | None = None) -> str:
    moment = int(time.time()) if at is None else at
    signed = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={moment},v1={signed}"


def signed(till: Till, delivery: Delivery) -> str:
    secret = SOMEBODY_ELSES if delivery.forged else till.webhook_secret
    return signature(delivery.body.encode(), secret)


class Teller(threading.Thread):
    """The one that tells; also closes the pages whose time ran out."""

    def __init__(self, till: Till, url: str | None) -> None:
        super().__init__(daemon=True, name="teller")
        self.till = till
        self.url = urlsplit(url) if url else None

    def run(self) -> None:
        looked = 0.0
        while True:
            if time.monotonic() - looked > BETWEEN_LOOKS:
                looked = time.monotonic()
                with self.till.store.work():
                    sessions.close_those_that_ran_out(self.till)
            if not (self.url and self.tell_one()):
                time.sleep(A_MOMENT)

    def tell_one(self) -> bool:
        with self.till.store.lock:
            delivery = self.till.store.next_delivery()
        if delivery is None:
            return False
        taken = self._taken(delivery)
        with self.till.store.work():
            if taken or delivery.forged:
                self.till.store.delivered(delivery.n)
            else:
                self.till.store.deliver_later(delivery.n, after=min(2.0**delivery.tries, LONGEST_PAUSE))
        return True

    def _taken(self, delivery: Delivery) -> bool:
        if self.url is None:
            return False
        headers = {"Content-Type": "application/json", "Stripe-Signature": signed(self.till, delivery)}
        kind = http.client.HTTPSConnection if self.url.scheme == "https" else http.client.HTTPConnection
        with closing(kind(self.url.netloc, timeout=ANSWER_WITHIN)) as line:
            try:
                line.request("POST", self.url.path, delivery.body.encode(), headers)
                return line.getresponse().status // 100 == 2
            except (OSError, http.client.HTTPException):
                return False
