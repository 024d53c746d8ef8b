"""The card gateway of the tests: the sandbox as its own process, spoken to over HTTP like the real one."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx

from app.core import clock
from app.payments.gateway import Page, Wanted
from app.payments.stripe_gateway import Account, StripeGateway
from tests.machine import free_port, passing_folder

ROOT = Path(__file__).parents[2]
SECRET_KEY = "sk_test_of_the_tests_0123456789abcdefgh"
WEBHOOK_SECRET = "whsec_of_the_tests_0123456789abcdefghij"
STARTS_WITHIN = 20.0


@dataclass
class Sandbox:
    """What a test does that in life people do, and what it looks at: the ledger, the events."""

    folder: Path
    tell: str | None = None
    port: int = field(default_factory=free_port)
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def settings(self) -> dict[str, str]:
        """For an application of its own that takes cards."""
        return {
            "stripe_secret_key": SECRET_KEY,
            "stripe_webhook_secret": WEBHOOK_SECRET,
            "stripe_base_url": self.url,
        }

    def gateway(self, *, timeout: float = 8, rest: float = 30, url: str | None = None) -> StripeGateway:
        """The real adapter, with a circuit of its own."""
        return StripeGateway(Account(SECRET_KEY, WEBHOOK_SECRET, url or self.url, timeout), rest=rest)

    def start(self) -> None:
        command = [sys.executable, "-m", "app.sandbox", "--port", str(self.port), "--data", str(self.folder)]
        self.process = subprocess.Popen(
            [*command, "--business", "Millrace", *(["--tell", self.tell] if self.tell else [])],
            cwd=ROOT,
            env=os.environ | {"STRIPE_SECRET_KEY": SECRET_KEY, "STRIPE_WEBHOOK_SECRET": WEBHOOK_SECRET},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + STARTS_WITHIN
        while not self.answers():
            assert self.process.poll() is None, "the sandbox ended while starting"
            assert time.monotonic() < deadline, "the sandbox does not answer"
            time.sleep(0.02)

    def stop(self) -> None:
        """As hard as a machine that fails."""
        if self.process:
            self.process.kill()
            self.process.wait()

    def answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/sandbox/faults", timeout=1).is_success
        except httpx.TransportError:
            return False

    def fault(self, kind: str, **how: Any) -> None:
        httpx.post(f"{self.url}/sandbox/faults", json={"kind": kind, **how}).raise_for_status()

    def no_faults(self) -> None:
        httpx.delete(f"{self.url}/sandbox/faults").raise_for_status()

    def approve(self, page: Page | str) -> str:
        """Somebody pays on the page; where they are sent then."""
        return self._press(page, "approve")

    def decline(self, page: Page | str) -> str:
        return self._press(page, "decline")

    def go_back(self, page: Page | str) -> str:
        return self._press(page, "back")

    def _press(self, page: Page | str, button: str) -> str:
        answer = httpx.post(page if isinstance(page, str) else page.url, data={"do": button})
        assert answer.status_code == 303, answer.text
        return str(answer.headers["Location"])

    def ledger(self, payment_ref: str | None = None) -> list[tuple[str, int]]:
        """What moved, in pence: ("capture", 1864). Of one payment, or of all."""
        entries = httpx.get(f"{self.url}/sandbox/ledger").json()["entries"]
        return [
            (entry["kind"], entry["amount"]) for entry in entries if payment_ref in (None, entry["payment"])
        ]

    def told(self, *, after: int = 0) -> list[tuple[int, bytes, str]]:
        """Number, body and signature of everything that is told after one of these, for a test to bring along."""
        events = httpx.get(f"{self.url}/sandbox/events", params={"after": after}).json()
        return [(event["n"], event["body"].encode(), event["signature"]) for event in events]

    def last_told(self) -> int:
        return max((n for n, _, _ in self.told()), default=0)


@contextmanager
def running_sandbox(*, tell: str | None = None) -> Iterator[Sandbox]:
    with passing_folder() as folder:
        found = Sandbox(folder, tell)
        found.start()
        try:
            yield found
        finally:
            found.stop()


def wanted(amount: str = "186.40", **given: Any) -> Wanted:
    """Somebody is to pay."""
    usual: dict[str, Any] = {
        "payment_id": 7,
        "currency": "GBP",
        "what": "Order 10482",
        "email": "maya@copperkettle.example",
        "captures": False,
        "paid_url": "http://localhost/orders/10482/paid",
        "back_url": "http://localhost/orders/10482",
        "until": clock.now() + timedelta(minutes=45),
    }
    return Wanted(amount=Decimal(amount), **usual | given)
