"""Picking begins for several orders at once: each is judged by itself."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from app.core.access import Viewer
from app.core.database import db
from app.core.errors import Conflict, Refused
from app.core.transaction import use_case
from app.fulfilment.models import Shipment
from app.fulfilment.queries import to_pick
from app.fulfilment.service.packing import open_shipment


class Started(NamedTuple):
    """What became of one order; `refusal` says why nothing did."""

    number: int
    shipment: Shipment | None = None
    refusal: str = ""


@use_case
def start(numbers: Collection[int], *, by: Viewer, at: datetime) -> list[Started]:
    """All of them are locked before the first is begun, so that two who start the same ones never cross."""
    return [_started(number, by=by, at=at) for number in to_pick.lock(by, numbers)]


def _started(number: int, *, by: Viewer, at: datetime) -> Started:
    try:
        with db.session.begin_nested():
            return Started(number, open_shipment(number, by=by, at=at))
    except (Refused, Conflict) as refusal:
        return Started(number, refusal=refusal.message)
