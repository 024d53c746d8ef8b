"""What must be true of an order before something can be done with it, and the sentence where it is not."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from app.core.business import today
from app.core.text import long_day
from app.orders.states import HoldReason, OpenShipment


class Standing(Protocol):
    """An order, or a row that knows as much about where one stands."""

    @property
    def status(self) -> str: ...
    @property
    def hold_reason(self) -> str | None: ...
    @property
    def open_shipment(self) -> str | None: ...
    @property
    def shipments_sent(self) -> int: ...
    @property
    def promised_on(self) -> date | None: ...


@dataclass(frozen=True, slots=True)
class Guard:
    """What must be true of an order beside its status, in short, and what to say where it is not.

    `{day}` in a sentence is the day that the order was promised for.
    """

    words: str
    holds: Callable[[Standing], bool]
    otherwise: str

    def why_not(self, order: Standing) -> str:
        """Empty where it holds."""
        return "" if self.holds(order) else self.otherwise.format(day=long_day(order.promised_on))


NOT_HELD = Guard("not on hold", lambda order: order.hold_reason is None, "It is on hold. Release it first.")
HELD = Guard("on hold", lambda order: order.hold_reason is not None, "It is not on hold any more.")
HELD_FOR_CREDIT = Guard(
    "on hold for credit",
    lambda order: order.hold_reason == HoldReason.CREDIT,
    "It is not on hold for credit any more.",
)
NOT_FOR_CREDIT = Guard(
    "not on hold for credit",
    lambda order: order.hold_reason != HoldReason.CREDIT,
    "Whoever may release a credit hold has to do this.",
)
STILL_TO_COME = Guard(
    "its delivery day is not over",
    lambda order: order.promised_on is None or order.promised_on >= today(),
    "It was to come on {day}. Move the delivery day first.",
)
NOTHING_OPEN = Guard(
    "no shipment is open",
    lambda order: order.open_shipment is None,
    "A shipment of it is being packed. Put that back first.",
)
BEING_PICKED = Guard(
    "a shipment is being picked",
    lambda order: order.open_shipment == OpenShipment.PICKING,
    "Nothing of it is being picked just now.",
)
PACKED = Guard(
    "a shipment is packed",
    lambda order: order.open_shipment == OpenShipment.PACKED,
    "Nothing of it is packed yet.",
)
SOMETHING_OPEN = Guard(
    "a shipment is open", lambda order: order.open_shipment is not None, "No shipment of it is open."
)
NOTHING_SENT = Guard(
    "nothing has left",
    lambda order: order.shipments_sent == 0,
    "Some of it has left already. Cancel what remains instead.",
)
SOMETHING_SENT = Guard(
    "something has left", lambda order: order.shipments_sent > 0, "Nothing of it has left yet."
)
