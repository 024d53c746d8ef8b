"""Ordering something again: what an earlier order would be today, line by line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from app.core.access import Viewer
from app.core.business import business
from app.core.money import unit_money
from app.orders.models import Order
from app.orders.service.checking import what_is_left_of
from app.orders.states import OrderStatus
from app.orders.suggested import Suggestion


class Then(NamedTuple):
    """A line as it was."""

    product_id: int
    sku: str
    name: str
    quantity: int
    unit_price: Decimal

    def __str__(self) -> str:
        return f"{self.quantity:,} × {unit_money(self.unit_price, business().currency)}"


class Again(NamedTuple):
    """A line as it was, and as it would be."""

    then: Then
    now: Suggestion

    @property
    def notes(self) -> list[str]:
        """All that is different."""
        notes = [self.now.note] if self.now.note else []
        if self.now.unit_price != self.then.unit_price:
            prices = (unit_money(one.unit_price, business().currency) for one in self)
            notes.append("{} each then, {} now.".format(*prices))
        if self.now.item.name != self.then.name:
            notes.append(f"It was called {self.then.name}.")
        return notes


class Lost(NamedTuple):
    """A line that cannot be ordered any more, and why."""

    then: Then
    why: str


@dataclass(frozen=True, slots=True)
class Reordered:
    """Every line of the order is in one of the two."""

    lines: Sequence[Again]
    lost: Sequence[Lost]

    @property
    def ready(self) -> dict[int, int]:
        found = {one.then.product_id: one.now.item.quantity for one in self.lines}
        return {product_id: quantity for product_id, quantity in found.items() if quantity}


def again(order: Order, quantities: Mapping[int, int], *, by: Viewer, on: date) -> Reordered:
    """Reads only. `quantities` are what somebody wants of it instead."""
    then = {line.product_id: line for line in _lines_of(order)}
    wanted = {one: quantities.get(one, line.quantity) for one, line in then.items()}
    found = what_is_left_of(wanted, by=by, on=on)
    return Reordered(
        [Again(then[one.item.product_id], one) for one in found.lines],
        [Lost(then[left.item.product_id], left.why) for left in found.left_over],
    )


def _lines_of(order: Order) -> list[Then]:
    """What was taken off is not ordered again; of a cancelled order, all that was asked for once."""
    is_cancelled = order.status == OrderStatus.CANCELLED
    return [
        Then(item.product_id, item.sku, item.name, quantity, item.unit_price)
        for item in order.items
        if (quantity := item.quantity if is_cancelled else item.wanted)
    ]
