"""The buttons of an order: its next step, and whatever else the table of moves allows this person."""

from collections.abc import Sequence
from typing import NamedTuple

from flask import url_for

from app.core.access import Viewer
from app.desk.pages.acts import ACTS
from app.fulfilment.models import Shipment
from app.orders.guards import STILL_TO_COME
from app.orders.models import Order
from app.orders.moves import CONFIRM, Move, moves_open

ONWARD = ("confirm", "release", "open_shipment", "pack", "ship", "deliver")
OF_A_SHIPMENT = ("pack", "ship", "close_shipment")


class Button(NamedTuple):
    """One that needs no words of anybody's works at once; the others lead to a page that asks."""

    name: str
    words: str
    icon: str
    url: str
    effects: str
    works_at_once: bool = False


class Buttons(NamedTuple):
    """`said` is what the next step does, or what stands in its way."""

    next: Button | None
    others: list[Button]
    may_note: bool
    said: str = ""


def buttons_of(order: Order, who: Viewer, shipments: Sequence[Shipment]) -> Buttons:
    moves = moves_open(order, who)
    found = [button for move in moves for button in _buttons(move, order, shipments)]
    too_late = _too_late(order, who)
    steps = ("move_day",) if too_late else ONWARD
    onward = next((button for button in found if button.name in steps), None)
    others = [button for button in found if button is not onward]
    said = too_late or (onward.effects if onward else "")
    return Buttons(onward, others, any(move.name == "note" for move in moves), said)


def _too_late(order: Order, who: Viewer) -> str:
    """Why it cannot be confirmed, where another day is all that it takes."""
    why_not = CONFIRM.why_not(order) if CONFIRM.may(who) else ""
    return why_not if why_not == STILL_TO_COME.why_not(order) else ""


def _buttons(move: Move, order: Order, shipments: Sequence[Shipment]) -> list[Button]:
    act = ACTS.get(move.name)
    if act is not None:
        url = url_for("desk.act", number=order.number, verb=move.name)
        works_at_once = not act.needs_reason and act.most is None
        return [Button(move.name, move.words, act.icon, url, move.effects, works_at_once)]
    if move.name in OF_A_SHIPMENT:
        return [_to_shipment(move, one) for one in shipments if one.is_open]
    if move.name == "refund":
        return [
            Button(move.name, move.words, "undo", url_for("desk.refund", number=order.number), move.effects)
        ]
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
