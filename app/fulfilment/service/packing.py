"""Opening a shipment, picking and packing it, or putting it back."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from app.core import audit
from app.core.access import Viewer
from app.core.database import db
from app.core.errors import Conflict, Refused
from app.core.transaction import use_case
from app.fulfilment.models import Shipment, ShipmentItem, ShipmentStatus
from app.fulfilment.queries import shipments
from app.orders.models import Order, OrderItem
from app.orders.service.moving import Freed, take_off, to_move
from app.orders.service.placing import promise_mail
from app.orders.states import OpenShipment
from app.stock import service as stock
from app.stock.queries.standing import shelves_locked


class WhenShort(StrEnum):
    """What becomes of what was not found."""

    LATER = "later"
    CANCEL = "cancel"


@use_case
def open_shipment(
    number: int,
    *,
    by: Viewer,
    at: datetime,
    lines: Mapping[int, int] | None = None,
    version: int | None = None,
) -> Shipment:
    """All that is on hand, or so many of each line; what is not on hand is sent later."""
    order = to_move(number, "open_shipment", by=by, version=version)
    planned = _on_hand(order) if lines is None else _asked_for(order, lines)
    if not planned:
        raise Refused("Nothing of it is on hand. Receive stock first.")
    shipment = _of(order, planned, by)
    for item, quantity in planned:
        item.quantity_planned = quantity
    order.open_shipment = OpenShipment.PICKING
    db.session.add(shipment)
    db.session.flush()
    _noted("order.shipment_opened", order, shipment, by=by)
    return shipment


def _of(order: Order, planned: Sequence[tuple[OrderItem, int]], by: Viewer) -> Shipment:
    place = shipments.last_place(order.id) + 1
    return Shipment(
        order_id=order.id,
        place=place,
        number=f"{order.number}/{place}",
        status=ShipmentStatus.PICKING,
        picker_id=by.user_id,
        picker_name=by.name,
        created_by=by.user_id,
        items=[ShipmentItem(order_item_id=item.id, planned=quantity) for item, quantity in planned],
    )


def _on_hand(order: Order) -> list[tuple[OrderItem, int]]:
    """What stands on the shelf and no other shipment is about to take; nobody plans the same units meanwhile."""
    wanted = [item for item in order.items if item.unplanned]
    products = [item.product_id for item in wanted]
    there, taken = shelves_locked(products), shipments.planned_elsewhere(products)
    found = [
        (item, min(item.unplanned, there[item.product_id].on_hand - taken.get(item.product_id, 0)))
        for item in wanted
    ]
    return [(item, quantity) for item, quantity in found if quantity > 0]


def _asked_for(order: Order, lines: Mapping[int, int]) -> list[tuple[OrderItem, int]]:
    by_line, free = {item.line: item for item in order.items}, dict(_on_hand(order))
    planned = []
    for line, quantity in sorted(lines.items()):
        item = by_line.get(line)
        if item is None or not 0 <= quantity <= item.unplanned:
            most = item.unplanned if item else 0
            raise Refused(f"Only {most:,} of that line are left to send.", field=f"lines.{line}")
        if quantity > free.get(item, 0):
            raise Refused(f"Only {free.get(item, 0):,} of {item.name} are on hand.", field=f"lines.{line}")
        if quantity:
            planned.append((item, quantity))
    return planned


@use_case
def put_back(shipment_id: int, *, by: Viewer, at: datetime) -> Shipment:
    """Nothing of it leaves; the order waits to be picked again."""
    order, shipment = to_work_on(shipment_id, "close_shipment", by)
    for item, _, taken in lines_of(order, shipment):
        item.quantity_planned -= taken
    shipment.status, shipment.cancelled_at = ShipmentStatus.CANCELLED, at
    order.open_shipment = None
    _noted("order.shipment_put_back", order, shipment, by=by)
    return shipment


@use_case
def pack(
    shipment_id: int,
    *,
    picked: Mapping[int, int] | None = None,
    when_short: WhenShort = WhenShort.LATER,
    is_missing: bool = False,
    by: Viewer,
    at: datetime,
) -> Shipment:
    """So many of each line of the order; without any, all that was planned.

    What is `is_missing` was not on the shelf at all: the stock is corrected by as many.
    """
    order, shipment = to_work_on(shipment_id, "pack", by)
    short = _picked(order, shipment, picked)
    if is_missing:
        stock.miss(_freed(short), ref=shipment.number, by=by)
    shipment.status, shipment.packed_at = ShipmentStatus.PACKED, at
    order.open_shipment = OpenShipment.PACKED
    told: audit.Diff = {item.name: [missed, 0] for item, missed in short.items()}
    _noted("order.packed", order, shipment, by=by, diff=told)
    if short and when_short is WhenShort.CANCEL:
        _cancel(order, short)
    return shipment


def _cancel(order: Order, short: Mapping[OrderItem, int]) -> None:
    take_off(order, {item.line: quantity for item, quantity in short.items()})
    db.session.flush()
    stock.release(_freed(short))
    promise_mail("changed", order, again=f":{order.version}")


def _freed(short: Mapping[OrderItem, int]) -> list[Freed]:
    return [Freed(item.product_id, quantity) for item, quantity in short.items()]


def _picked(order: Order, shipment: Shipment, picked: Mapping[int, int] | None) -> dict[OrderItem, int]:
    """Write down what was found; what was not is planned no more. Nothing is written of what is refused."""
    lines = lines_of(order, shipment)
    found = {
        item.line: line.planned if picked is None else picked.get(item.line, 0) for item, line, _ in lines
    }
    _refuse_other_lines(found, picked or {})
    for item, line, _ in lines:
        if not 0 <= found[item.line] <= line.planned:
            raise Refused(f"Pick {line.planned:,} of {item.name}, or fewer.", field=f"lines.{item.line}")
    if not any(found.values()):
        raise Refused("Nothing was picked. Put the shipment back instead.")
    short = {}
    for item, line, _ in lines:
        line.picked = found[item.line]
        if line.picked < line.planned:
            short[item] = line.planned - line.picked
            item.quantity_planned -= short[item]
    return short


def _refuse_other_lines(planned: Mapping[int, int], picked: Mapping[int, int]) -> None:
    for line in sorted(picked.keys() - planned.keys()):
        raise Refused("That line is not in this shipment.", field=f"lines.{line}")


def to_work_on(shipment_id: int, name: str, by: Viewer) -> tuple[Order, Shipment]:
    """The order first, then its shipment: both are ours until we commit."""
    order = to_move(shipments.number_of_order(shipment_id), name, by=by)
    shipment = shipments.shipment_seen_by(by, shipment_id, locked=True)
    if shipment.status not in (ShipmentStatus.PICKING, ShipmentStatus.PACKED):
        raise Conflict(f"Shipment {shipment.number} is {shipment.status} by now.", code="illegal_transition")
    return order, shipment


def lines_of(order: Order, shipment: Shipment) -> list[tuple[OrderItem, ShipmentItem, int]]:
    """Each line of the shipment with its line of the order, and what it takes from the shelf."""
    items = {item.id: item for item in order.items}
    return [
        (items[line.order_item_id], line, line.planned if line.picked is None else line.picked)
        for line in shipment.items
    ]


def _noted(
    action: str, order: Order, shipment: Shipment, *, by: Viewer, diff: audit.Diff | None = None
) -> None:
    order.mark_edited(by.user_id)
    audit.record(action, order, by=by, diff={"shipment": [None, shipment.number]} | (diff or {}))
