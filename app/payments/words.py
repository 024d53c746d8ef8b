"""What people read about paying by card: where it stands, and what to do next."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from app.billing.models import Payment, PaymentStatus
from app.core.business import business
from app.core.money import money
from app.orders.states import OrderStatus, PaymentMethod
from app.payments.models import OperationKind, OperationStatus, PaymentOperation

AWAY = "Card payment cannot be used for the moment. Your order waits; try again in a few minutes."


@dataclass(frozen=True, slots=True)
class Standing:
    """`key` is what the page shows beside the words: a button to pay, one to look again, or none."""

    key: str
    title: str
    words: str
    tone: str = "info"


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides where a card payment stands."""

    amount: Decimal
    payment: Payment | None
    page: PaymentOperation | None
    is_away: bool
    captured: Decimal = Decimal(0)  # in all


PAY, LOOK, NONE = "pay", "look", "none"


def standing_of_order(order: Any, facts: Facts) -> Standing:
    if order.status == OrderStatus.CANCELLED:
        return Standing(NONE, "This order is cancelled", _why_and_what_of_it(order, facts.captured))
    if order.payment_method != PaymentMethod.CARD:
        return Standing(NONE, "Not paid by card", "This order is paid another way.")
    if facts.amount <= 0:
        return Standing(NONE, "Paid", _how_it_was_paid(facts.payment), "good")
    return standing_of(facts, _until(order.authorise_by) if order.hold_reason else "")


def standing_of(facts: Facts, until: str = "") -> Standing:
    """Of what is still to pay."""
    if facts.payment is not None and facts.payment.status == PaymentStatus.UNKNOWN:
        words = "We are asking the card service what became of it. Do not pay again: look again in a minute."
        return Standing(LOOK, "Your payment is being confirmed", words)
    if facts.is_away:
        return Standing(NONE, "Card payment is not working just now", AWAY, "warn")
    if facts.page is not None and facts.page.problem and facts.payment is not None:
        words = f"{_sentence(facts.page.problem)} Try again, or use another card."
        return Standing(PAY, "Nothing was charged", words, "bad")
    return Standing(PAY, "", until)


def _why_and_what_of_it(order: Any, captured: Decimal) -> str:
    back = f"{money(captured, order.currency)} goes back to your card." if captured else "Nothing is charged."
    return f"{_sentence(order.cancel_reason)} {back}" if order.cancel_reason else back


def _sentence(words: str) -> str:
    return words if words.endswith((".", "!", "?")) else f"{words}."


def _until(at: datetime | None) -> str:
    return f"We keep your goods until {at.astimezone(ZoneInfo(business().time_zone)):%H:%M}." if at else ""


def _how_it_was_paid(payment: Payment | None) -> str:
    if payment is None:
        return "Nothing is left to pay."
    card = f" with {payment.card}" if payment.card else ""
    amount = money(payment.captured or payment.authorised, payment.currency)
    if payment.captured:
        return f"{amount} was paid{card}. Thank you."
    return f"{amount} is held{card}. We take it when we confirm the order."


KINDS = {
    OperationKind.AUTHORISE: "Page for",
    OperationKind.CAPTURE: "Take",
    OperationKind.VOID: "Let go",
    OperationKind.REFUND: "Give back",
}
STATES = {
    OperationStatus.NEW: "about to be asked",
    OperationStatus.SENT: "being asked",
    OperationStatus.SUCCEEDED: "done",
    OperationStatus.DECLINED: "declined",
    OperationStatus.UNKNOWN: "not known yet",
}
STATUSES = {
    PaymentStatus.PENDING: ("info", "Not paid yet"),
    PaymentStatus.AUTHORISED: ("good", "Held on the card"),
    PaymentStatus.CAPTURED: ("good", "Paid"),
    PaymentStatus.FAILED: ("plain", "Came to nothing"),
    PaymentStatus.VOIDED: ("plain", "Let go"),
    PaymentStatus.PART_REFUNDED: ("info", "Part given back"),
    PaymentStatus.REFUNDED: ("info", "Given back"),
    PaymentStatus.UNKNOWN: ("warn", "Being confirmed"),
}
