"""What happened to an order, what was written on it, and which mails went out about it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Select,
    String,
    all_,
    bindparam,
    case,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)

from app.core.access import Viewer
from app.core.audit import AuditEvent
from app.core.database import db
from app.core.errors import NotFound
from app.core.outbox import OutboxMessage
from app.core.questions import Question
from app.orders.models import Order, OrderNote

TO_THE_DESK = (
    "orders.mail_received_at_desk",
    "orders.mail_note_at_desk",
    "fulfilment.mail_return_asked",
    "payments.mail_problem",
)

_nothing = literal("", String)
_no_diff = null().cast(AuditEvent.diff.type)
_order, _about = bindparam("order_id", type_=BigInteger), bindparam("about", type_=String)
_is_staff = bindparam("is_staff", type_=Boolean)

_events = select(
    literal("event", String).label("kind"),
    AuditEvent.id,
    AuditEvent.at,
    AuditEvent.actor_name.label("by"),
    AuditEvent.action.label("what"),
    _nothing.label("text"),
    AuditEvent.diff,
).where(AuditEvent.entity == "order", AuditEvent.entity_id == _order)
_notes = select(
    literal("note", String),
    OrderNote.id,
    OrderNote.at,
    OrderNote.author_name,
    OrderNote.kind,
    OrderNote.text,
    _no_diff,
).where(OrderNote.order_id == _order, or_(_is_staff, OrderNote.kind == "buyer"))
_was_sent = OutboxMessage.sent.is_not(None) & OutboxMessage.done_at.is_not(None)
_state = case(
    (_was_sent & (OutboxMessage.sent["left"].astext == "false"), "kept"),
    (_was_sent, "sent"),
    (OutboxMessage.dead_at.is_not(None), "failed"),
    (OutboxMessage.done_at.is_not(None), "done"),
    (OutboxMessage.attempts > 0, "waiting"),
    else_="queued",
)
_to_the_buyer = OutboxMessage.sent.is_not(None) & (
    OutboxMessage.topic != all_(literal(list(TO_THE_DESK), ARRAY(String)))
)
_mails = select(
    _state,
    OutboxMessage.id,
    case((_was_sent, OutboxMessage.done_at), else_=OutboxMessage.created_at),
    _nothing,
    OutboxMessage.topic,
    func.coalesce(OutboxMessage.sent["to"].astext, ""),
    _no_diff,
).where(
    OutboxMessage.about == _about,
    or_(_is_staff, _to_the_buyer),
)
HISTORY = Question(union_all(_events, _notes, _mails))


def history_of(order_id: int, viewer: Viewer) -> Sequence[Any]:
    """Events, notes and mails in one question and no order; the kind of a mail is how far it got.

    Buyers see what was written to them, and none of what we wrote to ourselves.
    """
    return HISTORY.ask(order_id=order_id, about=f"order:{order_id}", is_staff=viewer.is_staff)


def message_about(order: Order, viewer: Viewer, message_id: int) -> OutboxMessage:
    """One mail, also one that was not sent yet."""
    found = db.session.scalars(
        _messages_about(order, viewer).where(OutboxMessage.id == message_id)
    ).one_or_none()
    if found is None:
        raise NotFound("We cannot find that message.")
    return found


def _messages_about(order: Order, viewer: Viewer) -> Select[OutboxMessage]:
    messages = select(OutboxMessage).where(OutboxMessage.about == f"order:{order.id}")
    if viewer.is_staff:
        return messages
    return messages.where(_to_the_buyer)
