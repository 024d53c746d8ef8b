"""The buttons of an order: its next step, and whatever else the table of moves allows this person."""

from collections.abc import Sequence
from typing import NamedTuple

from flask import url_for

from app.core.access import Viewer
from app.desk.pages.acts import ACTS
from app.fulfilment.models import Shipment, ShipmentStatus
from app.orders.models import Order
from app.orders.moves import Move, moves_open

ONWARD = ("confirm", "release", "open_shipment", "pack", "ship", "deliver")
OF_A_SHIPMENT = ("pack", "ship", "close_shipment")
OPEN = (ShipmentStatus.PICKING, ShipmentStatus.PACKED)


class Button(NamedTuple):
    """One that needs no words of anybody's works at once; the others lead to a page that asks."""

    name: str
    words: str
    icon: str
    url: str
    effects: str
    works_at_once: bool = False


class Buttons(NamedTuple):
    next: Button | None
    others: list[Button]
    may_note: bool


def buttons_of(order: Order, who: Viewer, shipments: Sequence[Shipment]) -> Buttons:
    moves = moves_open(order, who)
    found = [button for move in moves for button in _buttons(move, order, who, shipments)]
    onward = next((button for button in found if button.name in ONWARD), None)
    others = [button for button in found if button is not onward]
    return Buttons(onward, others, any(move.name == "note" for move in moves))


def _buttons(move: Move, order: Order, who: Viewer, shipments: Sequence[Shipment]) -> list[Button]:
    act = ACTS.get(move.name)
    if act is not None and who.may(act.permission):
        url = url_for(act.door, number=order.number, verb=move.name)
        works_at_once = not act.needs_reason and act.most is None
        return [Button(move.name, move.words, act.icon, url, move.effects, works_at_once)]
    if move.name in OF_A_SHIPMENT:
        return [_to_shipment(move, one) for one in shipments if one.status in OPEN]
    return _changes(move, order) if move.name == "amend" else []


def _changes(move: Move, order: Order) -> list[Button]:
    """The day alone has a page of its own."""
    change = url_for("desk.change_order", number=order.number)
    day = url_for("desk.move_day", number=order.number)
    return [
        Button(move.name, move.words, "edit", change, move.effects),
        Button("move_day", "Move delivery day", "truck", day, ""),
    ]


def _to_shipment(move: Move, shipment: Shipment) -> Button:
    url = url_for("fulfilment.shipment", shipment_id=shipment.id)
    return Button(move.name, move.words, "box", url, move.effects)
