"""What an action does to an order, in figures: said before it is done, or after."""

from collections.abc import Callable, Sequence
from decimal import Decimal

from app.core.business import business
from app.core.money import money
from app.core.text import counted, long_day
from app.orders.agreed import value_of
from app.orders.credit import Credit
from app.orders.models import Order, OrderItem
from app.orders.service.using_receipts import order_named
from app.orders.states import HoldReason, OrderStatus


def figures(verb: str, order: Order) -> list[str]:
    """Beside what the table of moves says of it."""
    say = FIGURES.get(verb)
    return say(order) if say else []


def _going_back(order: Order) -> list[str]:
    held = [item for item in order.items if item.held]
    units = sum(item.held for item in held)
    return [
        f"{counted(units, 'unit goes', 'units go')} back on sale, of {counted(len(held), 'line', 'lines')}.",
        f"The total goes from {_words(order.total)} to {_words(Decimal(0))}.",
    ]


def _what_remains(order: Order) -> list[str]:
    left = [item for item in order.items if item.unplanned]
    units, worth = sum(item.unplanned for item in left), _worth(left)
    return [f"{counted(units, 'unit has', 'units have')} not left, worth {_words(worth)} before VAT."]


def _worth(items: Sequence[OrderItem]) -> Decimal:
    return sum((value_of(item, item.unplanned) for item in items), Decimal(0))


def over_the_limit(order: Order, credit: Credit) -> str:
    before, after = _words(credit.spent), _words(credit.used + order.total)
    return f"Credit used goes from {before} to {after}, and the limit is {_words(credit.limit)}."


def named(paid: str) -> str:
    """An invoice, or an order that was paid in advance, inside a sentence."""
    return paid if order_named(paid) is None else f"order {paid}"


def told_of_allocation(amount: Decimal, orders: Sequence[Order]) -> str:
    """And what has become of orders that were paid with it."""
    return " ".join([f"{_words(amount)} is allocated.", *(_told_of_prepaid(order) for order in orders)])


def _told_of_prepaid(order: Order) -> str:
    if order.hold_reason == HoldReason.PAYMENT:
        return f"Order {order.number} still waits for the rest."
    then = " and confirmed" if order.status == OrderStatus.CONFIRMED else ""
    return f"Order {order.number} is paid{then}."


def _to_come(order: Order) -> list[str]:
    return [f"The day is {long_day(order.promised_on)}."] if order.promised_on else []


def _words(amount: Decimal) -> str:
    return money(amount, business().currency)


FIGURES: dict[str, Callable[[Order], list[str]]] = {
    "cancel": _going_back,
    "cancel_remainder": _what_remains,
    "confirm": _to_come,
}
