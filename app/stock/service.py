"""Reserving and releasing what orders hold, and every way in which what is on hand changes."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Protocol

from app.accounts.queries.people import staff_who_may
from app.core import audit, outbox
from app.core.access import Permission, Viewer
from app.core.errors import Refused
from app.core.transaction import use_case
from app.stock.models import MOST, MovementKind, StockItem, StockMovement
from app.stock.queries import changes, low
from app.stock.queries.standing import shelves
from app.stock.shortage import NotOnHand, OutOfStock, Short

DONE = {
    MovementKind.RECEIVE: "stock.received",
    MovementKind.ADJUST: "stock.adjusted",
    MovementKind.COUNT: "stock.counted",
}


class Line(Protocol):
    """So much of a product: a line of an order or of a basket."""

    @property
    def product_id(self) -> int: ...

    @property
    def quantity(self) -> int: ...


@use_case
def reserve(lines: Iterable[Line]) -> None:
    """Every line or nothing: the refusal ends the unit that it belongs to.

    Products are visited in ascending order, so that two orders never wait for each other.
    """
    lines = list(lines)
    wanted = _merged(lines)
    refused = [
        product_id for product_id, quantity in wanted.items() if not changes.take(product_id, quantity)
    ]
    if refused:
        raise OutOfStock(_short(refused, wanted, lines, beside={}))


@use_case
def release(lines: Iterable[Line]) -> None:
    """What `reserve` took, or a part of it."""
    for product_id, quantity in _merged(lines).items():
        if not changes.give_back(product_id, quantity):
            raise LookupError(f"Fewer than {quantity} of product {product_id} are reserved.")


@use_case
def exchange(wanted: Iterable[Line], freed: Iterable[Line]) -> None:
    """Reserve and release in one visit to each product, so that nobody waits for us in a circle."""
    wanted = list(wanted)
    more, less = _merged(wanted), _merged(freed)
    refused = []
    for product_id in sorted(more.keys() | less.keys()):
        change = more.get(product_id, 0) - less.get(product_id, 0)
        if change > 0 and not changes.take(product_id, change):
            refused.append(product_id)
        if change < 0 and not changes.give_back(product_id, -change):
            raise LookupError(f"Fewer than {-change} of product {product_id} are reserved.")
    if refused:
        raise OutOfStock(_short(refused, more, wanted, beside=less))


@use_case
def ship(lines: Iterable[Line], *, ref: str, by: Viewer) -> None:
    """What was reserved leaves the shelf: one movement for each product, all of them or none."""
    for product_id, quantity in _merged(lines).items():
        movement = changes.send(product_id, quantity, ref=ref, by=by)
        if movement is None:
            name = changes.names_of([product_id])[product_id]
            raise NotOnHand(f"Fewer than {quantity:,} of {name} are on hand. Count them, or send fewer.")


@use_case
def miss(lines: Iterable[Line], *, ref: str, by: Viewer) -> None:
    """What a picker did not find is written off, as far as the books still have it."""
    for product_id, quantity in _merged(lines).items():
        gone = min(quantity, changes.locked(product_id).on_hand)
        if gone:
            reason = "Not on the shelf when picked"
            changes.move(product_id, -gone, kind=MovementKind.COUNT, reason=reason, ref=ref, by=by)


@use_case
def take_back(lines: Iterable[Line], *, ref: str, reason: str, by: Viewer) -> None:
    """What a customer sent back stands on the shelf again."""
    for product_id, quantity in _merged(lines).items():
        changes.move(product_id, quantity, kind=MovementKind.RETURN, reason=reason, ref=ref, by=by)


def _merged(lines: Iterable[Line]) -> dict[int, int]:
    """By ascending product."""
    wanted: dict[int, int] = {}
    for line in lines:
        wanted[line.product_id] = wanted.get(line.product_id, 0) + line.quantity
    return dict(sorted(wanted.items()))


def _short(
    refused: list[int], wanted: dict[int, int], lines: list[Line], *, beside: dict[int, int]
) -> list[Short]:
    """In the order in which they were asked for. What one has already is had `beside` what is left."""
    left, names = shelves(refused), changes.names_of(refused)
    first_line = {line.product_id: number for number, line in reversed(list(enumerate(lines)))}
    return sorted(
        Short(
            line=first_line[product_id],
            name=names[product_id],
            wanted=wanted[product_id],
            left=max(0, left[product_id].sellable) + beside.get(product_id, 0),
        )
        for product_id in refused
    )


@use_case
def receive(product_id: int, delta: int, *, reason: str = "", by: Viewer) -> StockMovement:
    if delta < 1:
        raise Refused("Type how many came in, 1 or more.", field="delta")
    return _moved(product_id, delta, kind=MovementKind.RECEIVE, reason=reason, by=by)


@use_case
def adjust(product_id: int, delta: int, *, reason: str, by: Viewer) -> StockMovement:
    """Waste, damage, something found behind the shelf: never without saying why."""
    if delta == 0:
        raise Refused("Type how many, 1 or more.", field="delta")
    if not reason:
        raise Refused("Say what happened, like Burnt base, tray 3.", field="reason")
    return _moved(product_id, delta, kind=MovementKind.ADJUST, reason=reason, by=by)


@use_case
def count(product_id: int, counted: int, *, reason: str = "", by: Viewer) -> StockMovement:
    """The difference to what stands at this instant, which no sale moves meanwhile."""
    item = changes.locked(product_id)
    return _moved(product_id, counted - item.on_hand, kind=MovementKind.COUNT, reason=reason, by=by)


MOVES: dict[str, Callable[..., StockMovement]] = {
    MovementKind.RECEIVE: receive,
    MovementKind.ADJUST: adjust,
    MovementKind.COUNT: count,
}


def _moved(product_id: int, delta: int, *, kind: MovementKind, reason: str, by: Viewer) -> StockMovement:
    product = changes.product(product_id)
    movement = changes.move(product_id, delta, kind=kind, reason=reason, by=by)
    if movement is None:
        raise Refused(_impossible(product_id, delta), field="delta")
    after = movement.balance_after
    diff: audit.Diff = {"on_hand": [after - delta, after]}
    audit.record(DONE[kind], product, by=by, diff=diff | ({"reason": [None, reason]} if reason else {}))
    return movement


def _impossible(product_id: int, delta: int) -> str:
    if delta > 0:
        return f"That would be more than {MOST:,}. Type a smaller number."
    on_hand = shelves([product_id])[product_id].on_hand
    if on_hand == 0:
        return "None are on hand, so none can go."
    return f"Only {on_hand:,} {'is' if on_hand == 1 else 'are'} on hand. Type {on_hand:,} or fewer."


@use_case
def set_limits(
    product_id: int,
    *,
    back_on: date | None,
    backorder_limit: int,
    low_at: int | None,
    version: int,
    today: date,
    by: Viewer,
) -> StockItem:
    """The day it is back, how many may be sold before they are here, and when to tell somebody."""
    product, item = changes.product(product_id), changes.locked(product_id)
    item.expect(version)
    if back_on and back_on < today and back_on != item.back_on:
        raise Refused("This day is over. Choose today or a later one.", field="back_on")
    item.back_on, item.backorder_limit, item.low_at = back_on, backorder_limit, low_at
    diff = audit.changes_of(item)
    item.mark_edited(by.user_id)
    audit.record("stock.limits_set", product, by=by, diff=diff)
    return item


@use_case
def notice_low(*, at: datetime) -> None:
    """One mail to each person who looks after stock, about what has become low since the last look."""
    low.forget_enough()
    if low.note_low(at):
        for user_id in sorted(staff_who_may(Permission.STOCK_WRITE)):
            outbox.promise("stock.mail_low", user_id=user_id, noticed_at=at.isoformat())
