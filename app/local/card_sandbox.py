"""In the demo cards can be tried too: the sandbox runs beside web and worker, and ends with them."""

import secrets
import socket
import sys
from contextlib import suppress
from itertools import chain
from typing import NamedTuple

from app.local.embedded import given
from app.local.launch_settings import Options
from app.local.processes import CannotRun, Command

FIRST, LAST = 20_000, 32_000  # the kernel gives callers higher ones
EVENTS = "/api/v1/gateway/events"


class CardSandbox(NamedTuple):
    """Where it listens, and the secrets of this start: nobody else can speak for it."""

    port: int
    secret_key: str
    webhook_secret: str

    @property
    def settings(self) -> dict[str, str]:
        return {
            "STRIPE_SECRET_KEY": self.secret_key,
            "STRIPE_WEBHOOK_SECRET": self.webhook_secret,
            "STRIPE_BASE_URL": f"http://127.0.0.1:{self.port}",
        }

    def command(self, options: Options) -> Command:
        return (
            *(sys.executable, "-m", "app.sandbox"),
            *("--port", str(self.port)),
            *("--data", str(options.data / "sandbox")),
            *("--business", "Millrace"),
            *("--tell", options.address + EVENTS),
        )


def sandbox_for(options: Options) -> CardSandbox | None:
    """None where cards are real, or nobody is only trying things out."""
    if not options.demo or given("STRIPE_SECRET_KEY"):
        return None
    return CardSandbox(
        _free_port(options.port), f"sk_sandbox_{secrets.token_hex(24)}", f"whsec_{secrets.token_hex(24)}"
    )


def _free_port(near: int) -> int:
    """The same at every start where that can be: people may still have its page open."""
    first = FIRST + near % (LAST - FIRST)
    for port in chain(range(first, LAST), range(FIRST, first)):
        with socket.socket() as probe, suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return port
    raise CannotRun(f"No port from {FIRST} to {LAST} is free for the card sandbox.")
