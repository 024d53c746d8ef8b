"""Opening a shipment, picking and packing it, or putting it back."""

from collections.abc import Iterable, Mapping
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
from app.orders.service.moving import Freed, lines_told, take_off, to_move
from app.orders.service.paying import settle_up
from app.orders.service.telling import promise_mail_of_change
from app.orders.states import OpenShipment
from app.stock import service as stock
from app.stock.queries.standing import shelves_locked

NOT_FOUND = "Not all of it was on the shelf"


NOTHING_PICKED = (
    "Nothing was picked. Put the shipment back instead. "
    "If it is not on the shelf, tick that, and send the rest later."
)


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
    last = shipments.last_places([order.id]).get(order.id, 0)
    shipment = begin(order, on_hand_for([order]), place=last + 1, lines=lines, by=by)
    db.session.flush()
    return shipment


def on_hand_for(orders: Iterable[Order]) -> dict[int, int]:
    """By product, what stands on the shelf and no other shipment is about to take. Nobody plans it meanwhile."""
    products = {item.product_id for order in orders for item in order.items if item.unplanned}
    there, taken = shelves_locked(products), shipments.planned_elsewhere(products)
    return {product: there[product].on_hand - taken.get(product, 0) for product in products}


def begin(
    order: Order, on_hand: dict[int, int], *, place: int, lines: Mapping[int, int] | None = None, by: Viewer
) -> Shipment:
    """The order may be picked; it and its shelves are locked. What this takes is on hand for nobody after it."""
    found = _found(order, on_hand)
    planned = found if lines is None else _asked_for(order, found, lines)
    if not planned:
        raise Refused("Nothing of it is on hand. Receive stock first.")
    for item, quantity in planned.items():
        item.quantity_planned = quantity
        on_hand[item.product_id] -= quantity
    order.open_shipment = OpenShipment.PICKING
    shipment = _of(order, planned, place, by)
    db.session.add(shipment)
    _noted("order.shipment_opened", order, shipment, by=by)
    return shipment


def _of(order: Order, planned: Mapping[OrderItem, int], place: int, by: Viewer) -> Shipment:
    return Shipment(
        order_id=order.id,
        place=place,
        number=f"{order.number}/{place}",
        status=ShipmentStatus.PICKING,
        picker_id=by.user_id,
        picker_name=by.name,
        created_by=by.user_id,
        items=[ShipmentItem(order_item_id=item.id, planned=quantity) for item, quantity in planned.items()],
    )


def _found(order: Order, on_hand: Mapping[int, int]) -> dict[OrderItem, int]:
    """As much of each line as is wanted and stands there."""
    wanted = [item for item in order.items if item.unplanned]
    return {item: min(item.unplanned, there) for item in wanted if (there := on_hand[item.product_id]) > 0}


def _asked_for(
    order: Order, found: Mapping[OrderItem, int], lines: Mapping[int, int]
) -> dict[OrderItem, int]:
    by_line, planned = {item.line: item for item in order.items}, {}
    for line, quantity in sorted(lines.items()):
        item = by_line.get(line)
        if item is None or not 0 <= quantity <= item.unplanned:
            most = item.unplanned if item else 0
            raise Refused(f"Only {most:,} of that line are left to send.", field=f"lines.{line}")
        if quantity > found.get(item, 0):
            raise Refused(f"Only {found.get(item, 0):,} of {item.name} are on hand.", field=f"lines.{line}")
        if quantity:
            planned[item] = quantity
    return planned


@use_case
def put_back(shipment_id: int, *, by: Viewer, at: datetime) -> Shipment:
    """Nothing of it leaves; the order waits to be picked again."""
    order, shipment = to_work_on(shipment_id, "close_shipment", by)
    return _given_up(order, shipment, by=by, at=at)


def _given_up(order: Order, shipment: Shipment, *, by: Viewer, at: datetime) -> Shipment:
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

    What is `is_missing` was not on the shelf at all: the stock is corrected by as many, and where that is
    everything, the shipment is put back.
    """
    order, shipment = to_work_on(shipment_id, "pack", by)
    found = _counted(order, shipment, picked)
    if not (any(found.values()) or (is_missing and when_short is WhenShort.LATER)):
        raise Refused(NOTHING_PICKED)
    short = _short(order, shipment, found)
    if is_missing:
        stock.miss(_freed(short), ref=shipment.number, by=by)
    if not any(found.values()):
        return _given_up(order, shipment, by=by, at=at)
    _write_down(order, shipment, found)
    shipment.status, shipment.packed_at = ShipmentStatus.PACKED, at
    order.open_shipment = OpenShipment.PACKED
    _noted("order.packed", order, shipment, by=by, diff=_lines_told(short))
    if short and when_short is WhenShort.CANCEL:
        _cancel(order, short, by=by, at=at)
    return shipment


def _lines_told(short: Mapping[OrderItem, int]) -> audit.Diff:
    """What was planned of each, and what was found."""
    found = {
        item.sku: [item.quantity_planned + missed, item.quantity_planned] for item, missed in short.items()
    }
    return {"lines": found} if found else {}


def _cancel(order: Order, short: Mapping[OrderItem, int], *, by: Viewer, at: datetime) -> None:
    freed = take_off(order, {item.line: quantity for item, quantity in short.items()})
    db.session.flush()
    stock.release(freed)
    settle_up(order, by=by, at=at)
    promise_mail_of_change(order, lines_told(order, freed), reason=NOT_FOUND)


def _freed(short: Mapping[OrderItem, int]) -> list[Freed]:
    return [Freed(item.product_id, quantity) for item, quantity in short.items()]


def _counted(order: Order, shipment: Shipment, picked: Mapping[int, int] | None) -> dict[int, int]:
    """What was found, by line of the order."""
    lines = lines_of(order, shipment)
    found = {
        item.line: line.planned if picked is None else picked.get(item.line, 0) for item, line, _ in lines
    }
    _refuse_other_lines(found, picked or {})
    for item, line, _ in lines:
        if not 0 <= found[item.line] <= line.planned:
            raise Refused(f"Pick {line.planned:,} of {item.name}, or fewer.", field=f"lines.{item.line}")
    return found


def _short(order: Order, shipment: Shipment, found: Mapping[int, int]) -> dict[OrderItem, int]:
    missed = {item: line.planned - found[item.line] for item, line, _ in lines_of(order, shipment)}
    return {item: quantity for item, quantity in missed.items() if quantity}


def _write_down(order: Order, shipment: Shipment, found: Mapping[int, int]) -> None:
    """What was not found is planned no more."""
    for item, line, _ in lines_of(order, shipment):
        line.picked = found[item.line]
        item.quantity_planned -= line.planned - line.picked


def _refuse_other_lines(planned: Mapping[int, int], picked: Mapping[int, int]) -> None:
    for line in sorted(picked.keys() - planned.keys()):
        raise Refused("That line is not in this shipment.", field=f"lines.{line}")


def to_work_on(shipment_id: int, name: str, by: Viewer) -> tuple[Order, Shipment]:
    """The order first, then its shipment: both are ours until we commit."""
    order = to_move(shipments.number_of_order(shipment_id), name, by=by)
    shipment = shipments.shipment_seen_by(by, shipment_id, locked=True)
    if not shipment.is_open:
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
