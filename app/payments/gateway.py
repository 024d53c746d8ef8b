"""The card gateway as the house sees it: what can be asked, what it knows of a payment, and how it says no.

Amounts are what people pay, never what a gateway counts in. Whoever asks twice with the same key is
answered twice about one thing: nothing is charged, captured or given back again.
"""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol

from app.core.errors import Busy
from app.core.resilience import Away


class Declined(Exception):
    """A definite no, in words for people. Nothing moved and nothing will; another try needs another key."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Unknown(Exception):
    """Asked, and nobody knows what came of it: ask again with the same key, or look it up."""


class GatewayAway(Busy, Away):
    """Surely not reached: nothing was asked, so nothing can have happened."""

    def __init__(self) -> None:
        super().__init__("Card payment cannot be used for the moment. Try again in a minute.")


class NotGenuine(Exception):
    """Not signed by the gateway, or not now, or changed on its way: nobody reads what it says."""


class CardStatus(StrEnum):
    """Where a card payment stands at the gateway."""

    WAITING = "waiting"  # the page is open and nobody has paid; a card may have been declined: see `problem`
    EXPIRED = "expired"  # the page closed, and nobody can pay on it any more
    AUTHORISED = "authorised"  # held on the card, to be captured or let go
    CAPTURED = "captured"
    VOIDED = "voided"  # what was held was let go
    UNSETTLED = "unsettled"  # the gateway itself does not know yet


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a person is asked to pay, and where they come back to. The page is open for 30 minutes or more."""

    payment_id: int
    amount: Decimal
    currency: str
    what: str
    email: str
    captures: bool
    paid_url: str
    back_url: str
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Where a person types a card: a page of the gateway's, never ours."""

    session_ref: str
    url: str
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CardRefund:
    """Money on its way back to a card. `our_refund_id` is None when somebody gave it back at the gateway itself."""

    ref: str
    our_refund_id: int | None
    amount: Decimal
    status: str  # pending, done or failed


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """All that the gateway knows of one payment at this moment; what it tells by and by never matters."""

    payment_ref: str | None
    session_ref: str | None
    our_payment_id: int | None
    status: CardStatus
    authorised: Decimal = Decimal(0)
    captured: Decimal = Decimal(0)
    refunded: Decimal = Decimal(0)  # what is surely back: a refund under way is among `refunds` only
    voided: bool = False
    card: str = ""
    problem: str = ""
    refunds: tuple[CardRefund, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something happened to the payment or page `ref`: look it up. None is about nothing of ours."""

    id: str
    type: str
    ref: str | None
    our_payment_id: int | None
    raw: dict[str, Any] = field(repr=False)


class CardGateway(Protocol):
    """Every call to it may raise Declined, Unknown or GatewayAway. One key always goes with the same words."""

    @property
    def is_open(self) -> bool:
        """Whether it failed so often that it is left alone for a while: pages do not offer cards meanwhile."""
        ...

    def open_page(self, wanted: Wanted, *, key: str) -> Page: ...

    def look_up(self, ref: str) -> Snapshot:
        """By the session's reference or the payment's: what stands now, not what stood when it was told."""
        ...

    def capture(self, payment_ref: str, amount: Decimal, currency: str, *, key: str) -> Snapshot:
        """Take so much of what is held, once; the rest is let go."""
        ...

    def void(self, ref: str, *, key: str) -> Snapshot:
        """Let go what is held (payment), or close the page (session).

        What was paid on the page or captured first stays so and the snapshot says so: look at its status.
        """
        ...

    def refund(
        self, payment_ref: str, amount: Decimal, currency: str, *, our_refund_id: int, key: str
    ) -> Snapshot: ...

    def read_event(self, raw: bytes, signature: str) -> Event:
        """What the gateway tells, from the very bytes that came and their Stripe-Signature; else NotGenuine."""
        ...
