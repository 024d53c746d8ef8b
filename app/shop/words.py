"""What buyers read about their orders."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from app.billing.states import PaymentState
from app.core.business import business
from app.core.money import money
from app.core.text import long_day
from app.orders.models import Order
from app.orders.states import HoldReason, OrderStatus, PaymentMethod

OPEN = "open"
STATES = {
    OPEN: "Open",
    str(OrderStatus.DELIVERED): "Delivered",
    str(OrderStatus.CANCELLED): "Cancelled",
}
ON_HOLD = {
    HoldReason.CREDIT: "It goes over your credit limit, so it waits until the order desk lets it go on.",
    HoldReason.STOCK: "It waits for stock. We tell you as soon as it goes on.",
    HoldReason.STAFF: "The order desk looks at it first. We tell you as soon as it goes on.",
}
HOW_IT_IS_PAID = {
    PaymentState.UNPAID: "To be paid {way}.",
    PaymentState.AUTHORISED: "Held on your card until we confirm the order.",
    PaymentState.PAID: "Paid in full.",
    PaymentState.PART_REFUNDED: "Part of it was credited or paid back.",
    PaymentState.REFUNDED: "All of it was credited or paid back.",
    PaymentState.DUE: "An invoice of it is still to be paid.",
    PaymentState.OVERDUE: "An invoice of it is overdue.",
    PaymentState.NOTHING_DUE: "Nothing is to be paid.",
}


def moment_in_full(at: datetime) -> str:
    """Thursday 19 November at 09:12."""
    local = at.astimezone(ZoneInfo(business().time_zone))
    return f"{long_day(local)} at {local:%H:%M}"


def _may_expire(order: Any) -> bool:
    return order.status == OrderStatus.PENDING and order.authorise_by is not None


def _clock(at: datetime) -> str:
    return f"{at.astimezone(ZoneInfo(business().time_zone)):%H:%M}"


def why_it_waits(order: Any, left: Decimal) -> str:
    """Of an order on hold, and what to do where the buyer can do something: so much is left to pay in advance."""
    if order.hold_reason == HoldReason.PAYMENT and order.payment_method == PaymentMethod.CARD:
        until = f" Pay by {_clock(order.authorise_by)}, or it is cancelled." if _may_expire(order) else ""
        return f"It waits for your card payment.{until}"
    if order.hold_reason == HoldReason.PAYMENT:
        amount = money(left, business().currency)
        return f"It waits for your bank transfer of {amount}. Quote {order.number}, so that we find it."
    return ON_HOLD[HoldReason(order.hold_reason)] if order.hold_reason else ""


def how_it_is_paid(order: Any) -> str:
    """Of an order that is not on account, by where its money stands."""
    way = PaymentMethod(order.payment_method).word.lower()
    return HOW_IT_IS_PAID[PaymentState(order.payment_state)].format(way=way)


def what_happens_next(order: Order) -> str:
    """Said when it was placed; its page says below what an order on hold waits for."""
    if order.hold_reason == HoldReason.PAYMENT and order.payment_method == PaymentMethod.CARD:
        return f"Order {order.number} is placed. Pay for it, and it goes on."
    if order.hold_reason:
        return f"Order {order.number} is placed, and on hold for now."
    if order.status == OrderStatus.PENDING:
        return f"Order {order.number} is placed. We email you when it is confirmed."
    arrives = f" It arrives {long_day(order.promised_on)}." if order.promised_on else ""
    return f"Order {order.number} is confirmed.{arrives}"


def placed_already(order: Order) -> str:
    return f"Order {order.number} was placed already."


def what_is_in(names: Sequence[str], count: int) -> str:
    """House espresso, oat milk and 2 more: what stands behind a comma in a name is its size or kind."""
    shown = list(dict.fromkeys(name.partition(",")[0] for name in names[:count]))
    more = count - len(shown)
    return ", ".join(shown) + (f" and {more:,} more" if shown and more > 0 else "")
