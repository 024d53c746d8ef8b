"""What comes back: asked for by the buyer, decided by us, received, and put on the shelf or thrown away."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from app.accounts.queries.people import staff_who_may
from app.core import audit, outbox
from app.core.access import Permission, Viewer
from app.core.database import db
from app.core.errors import Conflict, NotAllowed, NotFound, Refused
from app.core.transaction import use_case
from app.fulfilment.mailed import MailedReturn
from app.fulfilment.models import Return, ReturnItem, ReturnStatus
from app.fulfilment.moves import RETURN_MOVES
from app.fulfilment.queries import returns
from app.orders.models import Order, OrderItem
from app.orders.queries.orders import order_locked
from app.orders.service.moving import Freed, to_move
from app.stock import service as stock

LONGEST_REASON, LONGEST_DECISION = 500, 200


@use_case
def ask(number: int, *, lines: Mapping[int, int], reason: str, by: Viewer) -> Return:
    """So many of each line, by its number; never more than was sent and is not on its way back."""
    _expect_words(reason, field="reason", longest=LONGEST_REASON, otherwise="Say what is wrong with it.")
    order = to_move(number, "return", by=by)
    asked = _begun(order, _asked_for(order, lines), reason=reason, by=by)
    db.session.add(asked)
    db.session.flush()
    _noted("order.return_asked", order, asked, by=by)
    _tell_who_may_answer(order, asked)
    return asked


def _begun(order: Order, items: list[ReturnItem], *, reason: str, by: Viewer) -> Return:
    place = returns.last_place(order.id) + 1
    return Return(
        order_id=order.id,
        place=place,
        number=f"{order.number}/R{place}",
        status=ReturnStatus.REQUESTED,
        reason=reason,
        requested_by=by.principal,
        requested_by_name=by.name,
        created_by=by.user_id,
        items=items,
    )


def _tell_who_may_answer(order: Order, asked: Return) -> None:
    told = MailedReturn.of(order, asked).model_dump(mode="json")
    for user_id in sorted(staff_who_may(Permission.ORDERS_REFUND)):
        outbox.promise(
            "fulfilment.mail_return_asked",
            dedupe_key=f"return:{asked.id}:asked:{user_id}",
            user_id=user_id,
            about=f"order:{order.id}",
            return_id=asked.id,
            told=told,
        )


def _expect_words(words: str, *, field: str, longest: int, otherwise: str) -> None:
    if otherwise and not words:
        raise Refused(otherwise, field=field)
    if len(words) > longest:
        raise Refused(f"Use {longest} characters or fewer.", field=field)


def _asked_for(order: Order, lines: Mapping[int, int]) -> list[ReturnItem]:
    by_line, can_come = {item.line: item for item in order.items}, returns.what_can_come_back(order.id)
    found = []
    for line, quantity in sorted(lines.items()):
        most = can_come.get(line, 0)
        if not 0 <= quantity <= most:
            raise Refused(_too_many(by_line.get(line), most), field=f"lines.{line}")
        if quantity:
            found.append(ReturnItem(order_item_id=by_line[line].id, quantity=quantity))
    if not found:
        raise Refused("Say how many come back, 1 or more.", field="lines")
    return found


def _too_many(item: OrderItem | None, most: int) -> str:
    if item is None:
        return "That line is not in this order."
    return f"{most:,} of {item.name} can be sent back." if most else f"No {item.name} can be sent back."


@use_case
def decide(return_id: int, *, is_approved: bool, decision: str, by: Viewer, at: datetime) -> Return:
    """Yes, or no with a reason that the buyer reads. What was to come and never will is turned down, too."""
    otherwise = "" if is_approved else "Say why, in a few words."
    _expect_words(decision, field="decision", longest=LONGEST_DECISION, otherwise=otherwise)
    order, asked = _to_work_on(return_id, "approve" if is_approved else "reject", by)
    asked.status = ReturnStatus.APPROVED if is_approved else ReturnStatus.REJECTED
    asked.decision, asked.decided_at = decision, at
    _noted("order.return_approved" if is_approved else "order.return_rejected", order, asked, by=by)
    outbox.promise(
        "fulfilment.mail_return_decided",
        dedupe_key=f"return:{asked.id}:{asked.status}",
        user_id=order.buyer_id,
        about=f"order:{order.id}",
        order_id=order.id,
        told=MailedReturn.of(order, asked).model_dump(mode="json"),
    )
    return asked


@use_case
def receive(
    return_id: int,
    *,
    received: Mapping[int, int],
    restocked: Mapping[int, int],
    by: Viewer,
    at: datetime,
) -> Return:
    """What came, by the line of the order, and how much of it can be sold again."""
    order, asked = _to_work_on(return_id, "receive", by)
    lines = _lines_of(order, asked)
    _refuse_wrong_counts(lines, received, restocked)
    for item, line in lines:
        line.received, line.restocked = received.get(item.line, 0), restocked.get(item.line, 0)
        item.quantity_returned += line.received
    back = [Freed(item.product_id, line.restocked) for item, line in lines if line.restocked]
    asked.status, asked.received_at = ReturnStatus.RECEIVED, at
    _noted("order.return_received", order, asked, by=by)
    db.session.flush()
    stock.take_back(back, ref=asked.number, reason=asked.reason[:200], by=by)
    return asked


def _refuse_wrong_counts(
    lines: Sequence[tuple[OrderItem, ReturnItem]], received: Mapping[int, int], restocked: Mapping[int, int]
) -> None:
    for item, line in lines:
        came, good = received.get(item.line, 0), restocked.get(item.line, 0)
        if not 0 <= came <= line.quantity:
            raise Refused(f"{line.quantity:,} were to come back, or fewer.", field=f"received.{item.line}")
        if not 0 <= good <= came:
            raise Refused("No more can be sold again than came.", field=f"restocked.{item.line}")
    known = {item.line for item, _ in lines}
    if (received.keys() | restocked.keys()) - known:
        raise Refused("That line is not in this return.", field="received")
    if not any(received.values()):
        raise Refused("Say how many came, 1 or more. If none will, turn the return down.", field="received")


@use_case
def take_back_now(order: Order, lines: Mapping[int, int], *, reason: str, by: Viewer, at: datetime) -> Return:
    """It stands before us and can be sold again: asked for, received and settled at once. The order is locked."""
    back = _begun(order, _asked_for(order, lines), reason=reason, by=by)
    back.status = ReturnStatus.CLOSED
    back.decided_at = back.received_at = back.closed_at = at
    for item, line in _lines_of(order, back):
        line.received = line.restocked = line.quantity
        item.quantity_returned += line.quantity
    db.session.add(back)
    db.session.flush()
    _noted("order.return_received", order, back, by=by)
    freed = [Freed(item.product_id, line.quantity) for item, line in _lines_of(order, back)]
    stock.take_back(freed, ref=back.number, reason=reason, by=by)
    return back


@use_case
def close(return_id: int, *, reason: str, by: Viewer, at: datetime) -> Return:
    """Settled without any money back, and why."""
    _expect_words(reason, field="reason", longest=LONGEST_DECISION, otherwise="Say why, in a few words.")
    order, asked = _to_work_on(return_id, "close", by)
    _close(order, asked, by=by, at=at, reason=reason)
    return asked


@use_case
def close_refunded(return_id: int, number: int, *, by: Viewer, at: datetime) -> Return:
    """Settled by the refund of its order, in the same transaction."""
    order, asked = _to_work_on(return_id, "close", by)
    if order.number != number:
        raise NotFound(returns.UNKNOWN)
    _close(order, asked, by=by, at=at)
    return asked


def _close(order: Order, asked: Return, *, by: Viewer, at: datetime, reason: str = "") -> None:
    asked.status, asked.closed_at = ReturnStatus.CLOSED, at
    _noted("order.return_closed", order, asked, by=by, reason=reason)


def _to_work_on(return_id: int, name: str, by: Viewer) -> tuple[Order, Return]:
    """The order first, then its return: both are ours until we commit."""
    move = RETURN_MOVES[name]
    if not move.may(by):
        raise NotAllowed("You may not take this step with a return. Ask somebody who can.")
    order = order_locked(by, returns.number_of_order(return_id))
    asked = returns.return_seen_by(by, return_id, locked=True)
    if asked.status not in move.out_of:
        raise Conflict(f"Return {asked.number} is {asked.status} by now.", code="illegal_transition")
    return order, asked


def _lines_of(order: Order, asked: Return) -> list[tuple[OrderItem, ReturnItem]]:
    items = {item.id: item for item in order.items}
    return [(items[line.order_item_id], line) for line in asked.items]


def _noted(action: str, order: Order, asked: Return, *, by: Viewer, reason: str = "") -> None:
    order.mark_edited(by.user_id)
    said = {"reason": [None, reason]} if reason else {}
    audit.record(action, order, by=by, diff={"return": [None, asked.number]} | said)
