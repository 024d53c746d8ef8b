"""What pages work out before they are drawn: days inside a sentence, and the facts of an order."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime

from app.fulfilment.models import Return, Shipment
from app.fulfilment.queries.returns import UNDER_WAY, returns_of
from app.fulfilment.queries.shipments import shipments_in_short
from app.orders.models import Order
from app.web.templating import day, moment


def near_day(on: date) -> str:
    """Inside a sentence: today, tomorrow, Fri 20 Nov."""
    word = day(on)
    return word.lower() if word in {"Today", "Tomorrow"} else word


def times_of(order: Order, shipments: Sequence[Shipment]) -> list[str]:
    """What stands under each of the five holes: when it happened, or when it will."""
    packed = [one.packed_at for one in shipments if one.packed_at and not one.cancelled_at]
    left = [one.shipped_at for one in shipments if one.shipped_at]
    times: list[datetime | None] = [
        order.created_at,
        order.confirmed_at,
        max(packed, default=None),
        max(left, default=None),
        order.delivered_at,
    ]
    words = [moment(at) if at else "" for at in times]
    if order.promised_on and order.holds_stock:
        words[-1] = near_day(order.promised_on)
    return words


def shipments_on(order: Order) -> Sequence[Shipment]:
    """Most orders that somebody looks at have none yet."""
    return shipments_in_short(order.id) if order.shipments_sent or order.open_shipment else []


def returns_on(order: Order) -> Sequence[Return]:
    return returns_of(order.id) if order.shipments_sent else []


def left_to_send_back(order: Order, returns: Sequence[Return]) -> dict[int, int]:
    """By the number of the line: what was sent, and neither came back nor is on its way."""
    on_its_way = Counter[int]()
    for one in returns:
        if one.status in UNDER_WAY:
            on_its_way.update({item.order_item_id: item.quantity for item in one.items})
    left = {
        item.line: item.quantity_shipped - item.quantity_returned - on_its_way[item.id]
        for item in order.items
    }
    return {line: quantity for line, quantity in left.items() if quantity > 0}
