"""The life of one order as its page tells it: who did what and when, what was written, and what was sent."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from app.core.access import Viewer
from app.core.audit import AuditEvent
from app.core.outbox import OutboxMessage
from app.fulfilment.models import Shipment
from app.fulfilment.queries.shipments import shipments_of
from app.orders.models import Order, OrderNote
from app.orders.queries.history import events_of, messages_about
from app.orders.queries.orders import notes_on


class Event(NamedTuple):
    """`words` stands strong, `by` follows it; `quote` is what somebody wrote; a mail has its number."""

    at: datetime
    words: str
    by: str = ""
    quote: str = ""
    is_minor: bool = False
    message_id: int | None = None


class Told(NamedTuple):
    """How an event is told. What only our own people need is not told to buyers."""

    words: str
    is_minor: bool = False
    for_buyers: bool = True
    tells_reason: bool = False


TOLD = {
    "order.placed": Told("Placed"),
    "order.confirmed": Told("Confirmed"),
    "order.held": Told("Put on hold", is_minor=True, for_buyers=False, tells_reason=True),
    "order.released": Told("Released", is_minor=True, for_buyers=False, tells_reason=True),
    "order.amended": Told("Changed"),
    "order.cancelled": Told("Cancelled", tells_reason=True),
    "order.remainder_cancelled": Told("Cancelled what had not left", tells_reason=True),
    "order.shipment_opened": Told("Picking begun", is_minor=True, for_buyers=False),
    "order.shipment_put_back": Told("Shipment put back", is_minor=True, for_buyers=False),
    "order.packed": Told("Picked"),
    "order.part_shipped": Told("Part of it shipped"),
    "order.shipped": Told("Shipped"),
    "order.part_delivered": Told("Part of it delivered"),
    "order.delivered": Told("Delivered"),
    "order.return_asked": Told("Asked to send something back"),
    "order.return_approved": Told("Return approved"),
    "order.return_rejected": Told("Return turned down"),
    "order.return_received": Told("Return received"),
    "order.return_closed": Told("Return settled", is_minor=True),
    "order.message_sent_again": Told("Message sent again", is_minor=True, for_buyers=False),
}
MAILS = {
    "orders.mail_received": "Confirmation of receipt",
    "orders.mail_received_at_desk": "New order",
    "orders.mail_confirmed": "Confirmation",
    "orders.mail_changed": "What changed",
    "orders.mail_cancelled": "Cancellation",
    "fulfilment.mail_shipped": "Notice that it left",
    "fulfilment.mail_return_asked": "Return asked for",
    "fulfilment.mail_return_decided": "Answer about a return",
}
STATES = {"queued": "waits to be sent", "waiting": "could not be sent yet", "failed": "could not be sent"}


def timeline(order: Order, viewer: Viewer, known: Sequence[Shipment] | None = None) -> list[Event]:
    """The newest first. A page that shows the order's shipments has them already."""
    shipments = {one.number: one for one in (shipments_of(order.id) if known is None else known)}
    found = [
        *_events(events_of(order), order, shipments, viewer),
        *_notes(notes_on(order, viewer)),
        *_mails(messages_about(order, viewer)),
    ]
    return sorted(found, key=lambda event: event.at, reverse=True)


def _events(
    events: Sequence[AuditEvent], order: Order, shipments: dict[str, Shipment], viewer: Viewer
) -> Iterator[Event]:
    for event in events:
        told = TOLD.get(event.action)
        if told and (told.for_buyers or viewer.is_staff):
            more = MORE.get(event.action, _nothing)(event, order, shipments)
            reason = _after(event, "reason") if told.tells_reason else ""
            yield Event(event.at, told.words + more, event.actor_name, reason, told.is_minor)


def _after(event: AuditEvent, name: str) -> str:
    return str(event.diff[name][1]) if name in event.diff else ""


def _nothing(_event: AuditEvent, _order: Order, _shipments: dict[str, Shipment]) -> str:
    return ""


def _day(_event: AuditEvent, order: Order, _shipments: dict[str, Shipment]) -> str:
    on = order.promised_on
    return f" for {on:%A} {on.day} {on:%B}" if on else ""


def _short(event: AuditEvent, _order: Order, _shipments: dict[str, Shipment]) -> str:
    missed = sum(before - after for name, (before, after) in event.diff.items() if name != "shipment")
    return f", {missed:,} short" if missed else ""


def _carried(event: AuditEvent, _order: Order, shipments: dict[str, Shipment]) -> str:
    shipment = shipments.get(_after(event, "shipment"))
    if shipment is None or not shipment.carrier:
        return ""
    return f" with {shipment.carrier}" + (f", {shipment.tracking}" if shipment.tracking else "")


MORE: dict[str, Callable[[AuditEvent, Order, dict[str, Shipment]], str]] = {
    "order.confirmed": _day,
    "order.packed": _short,
    "order.part_shipped": _carried,
    "order.shipped": _carried,
}


def _notes(notes: Sequence[OrderNote]) -> Iterator[Event]:
    for note in notes:
        words = "Note, to staff only" if note.kind == "internal" else "Note"
        yield Event(note.at, words, note.author_name, note.text, is_minor=True)


def _mails(messages: Sequence[OutboxMessage]) -> Iterator[Event]:
    for message in messages:
        word = MAILS.get(message.topic, "Message")
        if message.sent is not None and message.done_at is not None:
            words = f"{word} sent to {message.sent['to']}"
            yield Event(message.done_at, words, is_minor=True, message_id=message.id)
        elif message.state in STATES:
            words = f"{word} {STATES[message.state]}"
            yield Event(message.created_at, words, is_minor=True, message_id=message.id)
