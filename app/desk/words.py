"""What an action does to this order, in figures: said before it is done."""

from collections.abc import Callable, Sequence
from decimal import Decimal

from app.core.business import business
from app.core.money import money
from app.core.text import counted
from app.orders.agreed import value_of
from app.orders.models import Order, OrderItem


def figures(verb: str, order: Order, *, credit_used: Decimal, credit_limit: Decimal) -> list[str]:
    """Beside what the table of moves says of it."""
    if verb == "release":
        return _over_the_limit(order, credit_used, credit_limit) if order.hold_reason == "credit" else []
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


def _over_the_limit(order: Order, used: Decimal, limit: Decimal) -> list[str]:
    after = used + order.total
    return [f"Credit used goes from {_words(used)} to {_words(after)}, and the limit is {_words(limit)}."]


def _to_come(order: Order) -> list[str]:
    on = order.promised_on
    return [f"The day is {on:%A} {on.day} {on:%B}."] if on else []


def _words(amount: Decimal) -> str:
    return money(amount, business().currency)


FIGURES: dict[str, Callable[[Order], list[str]]] = {
    "cancel": _going_back,
    "cancel_remainder": _what_remains,
    "confirm": _to_come,
}
