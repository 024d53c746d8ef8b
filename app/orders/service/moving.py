"""What becomes of an order before it leaves: each verb is one row of the table of moves."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from app.core import audit
from app.core.access import SYSTEM, Viewer
from app.core.database import db
from app.core.errors import Refused
from app.core.transaction import use_case
from app.orders.agreed import charge
from app.orders.models import Order, OrderItem, OrderNote
from app.orders.models.orders import LONGEST_NOTES, LONGEST_REASON
from app.orders.moves import expect
from app.orders.queries import credit, orders
from app.orders.service.paying import settle_up, wait_for_payment
from app.orders.service.placing import confirm_now, is_over_the_limit
from app.orders.service.telling import promise_mail, promise_mail_of_change, promise_mail_of_note
from app.orders.states import HoldReason
from app.stock import service as stock

WHY = "Say why, in a few words."
NOT_PAID_IN_TIME = "It was not paid by card in time."


class Freed(NamedTuple):
    """So much of a product goes back on sale."""

    product_id: int
    quantity: int


def to_move(number: int, name: str, *, by: Viewer, version: int | None = None) -> Order:
    """Locked, as the viewer saw it where they said what they saw, and where this move is allowed."""
    order = orders.order_locked(by, number)
    if version is not None:
        order.expect(version)
    expect(name, order, by)
    return order


@use_case
def confirm(number: int, *, by: Viewer, at: datetime, version: int | None = None) -> Order:
    order = to_move(number, "confirm", by=by, version=version)
    order.mark_edited(by.user_id)
    confirm_now(order, by=by, at=at)
    return order


@use_case
def hold(number: int, *, reason: str, by: Viewer, version: int | None = None) -> Order:
    """Somebody wants to look at it first."""
    note = _said(reason)
    order = to_move(number, "hold", by=by, version=version)
    order.hold(HoldReason.STAFF, note)
    return _noted("order.held", order, by=by, reason=note)


@use_case
def release(number: int, *, reason: str, by: Viewer, at: datetime, version: int | None = None) -> Order:
    """Whoever releases a hold for credit or payment lets the order go on without it, and says why.

    One that was held for something else waits for either then, where it is over the limit or not paid for.
    """
    note = _said(reason)
    customer = credit.customer_locked(by, orders.customer_of(by, number))
    order = to_move(number, "release", by=by, version=version)
    was_for = order.hold_reason
    order.release()
    if was_for != HoldReason.CREDIT and is_over_the_limit(order, customer):
        order.hold(HoldReason.CREDIT, "")
    elif was_for != HoldReason.PAYMENT:
        wait_for_payment(order, at=at)
    return _noted("order.released", order, by=by, reason=note)


@use_case
def cancel(number: int, *, reason: str, by: Viewer, at: datetime, version: int | None = None) -> Order:
    note = _said(reason)
    order = to_move(number, "cancel", by=by, version=version)
    _end(order, note, by=by, at=at)
    promise_mail("cancelled", order)
    return order


def expire(order: Order, *, at: datetime) -> None:
    """It is locked, and nobody has paid for it in time."""
    _end(order, NOT_PAID_IN_TIME, by=SYSTEM, at=at)
    promise_mail("expired", order)


def _end(order: Order, reason: str, *, by: Viewer, at: datetime) -> None:
    freed = [Freed(item.product_id, item.held) for item in order.items if item.held]
    order.cancel(at, reason)
    charge(order)
    _noted("order.cancelled", order, by=by, reason=reason)
    db.session.flush()
    stock.release(freed)
    settle_up(order, by=by, at=at)


@use_case
def cancel_remainder(
    number: int,
    *,
    reason: str,
    by: Viewer,
    at: datetime,
    lines: Mapping[int, int] | None = None,
    version: int | None = None,
) -> Order:
    """So many of each line, by its number; without any, all that has not left. Nothing left to send is the end."""
    note = _said(reason)
    order = to_move(number, "cancel_remainder", by=by, version=version)
    freed = take_off(
        order, lines if lines is not None else {item.line: item.unplanned for item in order.items}
    )
    if not freed:
        raise Refused("Say how many to cancel, 1 or more.", field="lines")
    if all(not item.wanted for item in order.items):
        raise Refused("That would be all of it. Cancel the order instead.", field="lines")
    end_if_all_is_sent(order, at)
    told = lines_told(order, freed)
    _noted("order.remainder_cancelled", order, by=by, reason=note, diff=told)
    db.session.flush()
    stock.release(freed)
    settle_up(order, by=by, at=at)
    promise_mail_of_change(order, told, reason=note)
    return order


def take_off(order: Order, lines: Mapping[int, int]) -> list[Freed]:
    """So many of each line are not wanted any more; the sum is made again."""
    taken = [(item, quantity) for item, quantity in _to_take_off(order, lines) if quantity]
    for item, quantity in taken:
        item.quantity_cancelled += quantity
    charge(order)
    return [Freed(item.product_id, quantity) for item, quantity in taken]


def lines_told(order: Order, freed: Sequence[Freed]) -> audit.Diff:
    """What was wanted of each line until so much was taken off, and what still is."""
    taken = {one.product_id: one.quantity for one in freed}
    lines = [item for item in order.items if item.product_id in taken]
    return {"lines": {item.sku: [item.wanted + taken[item.product_id], item.wanted] for item in lines}}


def _to_take_off(order: Order, lines: Mapping[int, int]) -> list[tuple[OrderItem, int]]:
    """All of them are looked at before one is changed."""
    by_line = {item.line: item for item in order.items}
    for line, quantity in lines.items():
        most = by_line[line].unplanned if line in by_line else 0
        if not 0 <= quantity <= most or line not in by_line:
            raise Refused(f"Only {most:,} of that line can be cancelled.", field=f"lines.{line}")
    return [(by_line[line], quantity) for line, quantity in sorted(lines.items())]


def end_if_all_is_sent(order: Order, at: datetime) -> None:
    """Shipped, once what left and what was cancelled make up all that was asked for."""
    if order.shipments_sent and not any(item.held for item in order.items):
        order.ship(at)


@use_case
def note(number: int, *, text: str, for_buyer: bool, by: Viewer) -> OrderNote:
    """What a buyer writes, the buyer can also read."""
    if not text:
        raise Refused("Write something first.", field="text")
    if len(text) > LONGEST_NOTES:
        raise Refused(f"Use {LONGEST_NOTES} characters or fewer.", field="text")
    order = orders.order_seen_by(by, number)
    expect("note", order, by)
    kind = "buyer" if for_buyer or not by.is_staff else "internal"
    written = OrderNote(order_id=order.id, kind=kind, text=text, author=by.principal, author_name=by.name)
    db.session.add(written)
    db.session.flush()
    audit.record("order.noted", order, by=by, diff={"kind": [None, kind]})
    if not by.is_staff:
        promise_mail_of_note(order, written)
    return written


def _said(reason: str) -> str:
    if not reason:
        raise Refused(WHY, field="reason")
    if len(reason) > LONGEST_REASON:
        raise Refused(f"Use {LONGEST_REASON} characters or fewer.", field="reason")
    return reason


def _noted(action: str, order: Order, *, by: Viewer, reason: str, diff: audit.Diff | None = None) -> Order:
    order.mark_edited(by.user_id)
    audit.record(
        action, order, by=by, diff=audit.changes_of(order) | (diff or {}) | {"reason": [None, reason]}
    )
    return order
