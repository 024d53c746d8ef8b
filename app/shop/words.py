"""What buyers read about their orders."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple, Protocol
from zoneinfo import ZoneInfo

from app.core.business import business
from app.core.money import money
from app.orders.models import Order
from app.orders.service.quoting import PREPAID
from app.orders.states import HoldReason, OrderStatus

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


def long_day(on: date) -> str:
    """Fri 20 November."""
    return f"{on:%a} {on.day} {on:%B}"


def moment_in_full(at: datetime) -> str:
    """Thursday 19 November at 09:12."""
    local = at.astimezone(ZoneInfo(business().time_zone))
    return f"{local:%A} {local.day} {local:%B} at {local:%H:%M}"


def why_it_waits(order: Any) -> str:
    """Of an order on hold, and what to do where the buyer can do something."""
    if order.hold_reason == HoldReason.PAYMENT:
        amount = money(order.total, business().currency)
        return f"It waits for your bank transfer of {amount}. Quote {order.number}, so that we find it."
    return ON_HOLD[HoldReason(order.hold_reason)] if order.hold_reason else ""


def what_happens_next(order: Order) -> str:
    """Said when it was placed; its page says below what an order on hold waits for."""
    if order.hold_reason:
        return f"Order {order.number} is placed, and on hold for now."
    if order.status == OrderStatus.PENDING:
        return f"Order {order.number} is placed. We email you when it is confirmed."
    arrives = f" It arrives {long_day(order.promised_on)}." if order.promised_on else ""
    return f"Order {order.number} is confirmed.{arrives}"


def what_is_in(names: Sequence[str], count: int) -> str:
    """House espresso, oat milk and 2 more: what stands behind a comma in a name is its size or kind."""
    shown = list(dict.fromkeys(name.partition(",")[0] for name in names[:count]))
    more = count - len(shown)
    return ", ".join(shown) + (f" and {more:,} more" if shown and more > 0 else "")


class Agreed(Protocol):
    """What a customer may owe us, and what counts against it."""

    @property
    def payment_terms(self) -> str: ...
    @property
    def credit_limit(self) -> Decimal: ...
    @property
    def exposure(self) -> Decimal: ...


class Credit(NamedTuple):
    """For a meter: `share` of the limit is used, in hundredths."""

    left: Decimal
    limit: Decimal
    share: int


def credit_of(agreed: Agreed) -> Credit | None:
    """Whoever pays in advance has none."""
    if agreed.payment_terms == PREPAID:
        return None
    limit, used = agreed.credit_limit, Decimal(agreed.exposure)
    share = min(int(used * 100 / limit), 100) if limit else 100
    return Credit(max(limit - used, Decimal(0)), limit, share)
