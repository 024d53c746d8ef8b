"""What pages of an order work out before they are drawn."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.orders.states import HOLDS_STOCK
from app.web.templating import moment, near_day


def times_of(order: Any, shipments: Sequence[Any]) -> list[str]:
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
    if order.promised_on and order.status in HOLDS_STOCK:
        words[-1] = near_day(order.promised_on)
    return words
