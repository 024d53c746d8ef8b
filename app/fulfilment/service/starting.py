"""Picking begins for several orders at once: each is judged by itself."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from app.core.access import Viewer
from app.core.database import db
from app.core.errors import Conflict, Refused
from app.core.transaction import use_case
from app.fulfilment.models import Shipment
from app.fulfilment.queries.shipments import last_places
from app.fulfilment.queries.to_pick import orders_locked
from app.fulfilment.service.packing import begin, on_hand_for
from app.orders.models import Order
from app.orders.moves import expect


class Started(NamedTuple):
    """What became of one order; `refusal` says why nothing did."""

    number: int
    shipment: Shipment | None = None
    refusal: str = ""


@use_case
def start(numbers: Collection[int], *, by: Viewer, at: datetime) -> list[Started]:
    """All of them and their shelves are locked before the first is begun, so that two who start the same ones
    never cross.
    """
    orders = orders_locked(by, numbers)
    on_hand, places = on_hand_for(orders), last_places([order.id for order in orders])
    started = [_started(order, on_hand, place=places.get(order.id, 0) + 1, by=by) for order in orders]
    db.session.flush()
    return started


def _started(order: Order, on_hand: dict[int, int], *, place: int, by: Viewer) -> Started:
    """Whatever is refused is refused before anything is written of it."""
    try:
        expect("open_shipment", order, by)
        return Started(order.number, begin(order, on_hand, place=place, by=by))
    except (Refused, Conflict) as refusal:
        return Started(order.number, refusal=refusal.message)
