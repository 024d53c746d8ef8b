"""The lines of an order as staff see them: with the shelf, what stands on it, and what is missing."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from app.desk.queries.order import OnShelf
from app.orders.models import Order, OrderItem


class OrderLine(NamedTuple):
    """`short` is how many cannot be sent with what is on hand now."""

    item: OrderItem
    place: str
    on_hand: int
    short: int
    back_on: date | None

    @property
    def can_go(self) -> int:
        return self.item.unplanned - self.short


def lines_of(order: Order, shelves: Mapping[int, OnShelf]) -> list[OrderLine]:
    return [_line(order, item, shelves[item.line]) for item in order.items]


def _line(order: Order, item: OrderItem, shelf: OnShelf) -> OrderLine:
    short = max(item.unplanned - shelf.free, 0) if order.holds_stock else 0
    return OrderLine(item, shelf.place, shelf.on_hand, short, shelf.back_on)
