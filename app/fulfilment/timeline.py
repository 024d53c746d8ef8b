"""The life of one order as its page tells it: who did what and when, what was written, and what was sent."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from app.core.access import Viewer
from app.core.text import long_day
from app.orders.differences import differences
from app.orders.queries.history import history_of

MOST_CHANGES = 6  # of one moment


class Event(NamedTuple):
    """`words` stands strong, `by` follows it; `quote` is what somebody wrote; a mail has its number."""

    at: datetime
    words: str
    by: str = ""
    quote: str = ""
    is_minor: bool = False
    message_id: int | None = None
    changes: Sequence[str] = ()


class Told(NamedTuple):
    """How an event is told. What only our own people need is not told to buyers."""

    words: str
    is_minor: bool = False
    for_buyers: bool = True
    tells_reason: bool = False
    tells_changes: bool = False


TOLD = {
    "order.placed": Told("Placed"),
    "order.confirmed": Told("Confirmed"),
    "order.held": Told("Put on hold", is_minor=True, for_buyers=False, tells_reason=True),
    "order.released": Told("Released", is_minor=True, for_buyers=False, tells_reason=True),
    "order.amended": Told("Changed", tells_changes=True),
    "order.cancelled": Told("Cancelled", tells_reason=True),
    "order.remainder_cancelled": Told("Cancelled what had not left", tells_reason=True, tells_changes=True),
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
    "orders.mail_note_at_desk": "Note to the desk",
    "orders.mail_confirmed": "Confirmation",
    "orders.mail_changed": "Change notice",
    "orders.mail_cancelled": "Cancellation",
    "fulfilment.mail_shipped": "Shipping notice",
    "fulfilment.mail_return_asked": "Return asked for",
    "fulfilment.mail_return_decided": "Answer about a return",
}
STATES = {
    "sent": "sent to {}",
    "kept": "kept, not sent",
    "queued": "waits to be sent",
    "waiting": "could not be sent yet",
    "failed": "could not be sent",
}


def timeline(order: Any, viewer: Viewer, shipments: Sequence[Any]) -> list[Event]:
    """The newest first."""
    known = {one.number: one for one in shipments}
    rows = sorted(history_of(order.id, viewer), key=lambda row: (row.at, row.id), reverse=True)
    return [event for row in rows if (event := _told(row, order, known, viewer))]


def _told(row: Any, order: Any, shipments: dict[str, Any], viewer: Viewer) -> Event | None:
    if row.kind == "event":
        return _event(row, order, shipments, viewer)
    return _note(row) if row.kind == "note" else _mail(row)


def _event(row: Any, order: Any, shipments: dict[str, Any], viewer: Viewer) -> Event | None:
    told = TOLD.get(row.what)
    if told is None or not (told.for_buyers or viewer.is_staff):
        return None
    more = MORE.get(row.what, _nothing)(row, order, shipments)
    reason = _after(row, "reason") if told.tells_reason else ""
    changes = _changes(row, order) if told.tells_changes else ()
    return Event(row.at, told.words + more, row.by, reason, told.is_minor, changes=changes)


def _after(event: Any, name: str) -> str:
    return str(event.diff[name][1]) if name in event.diff else ""


def _nothing(_event: Any, _order: Any, _shipments: dict[str, Any]) -> str:
    return ""


def _day(event: Any, _order: Any, _shipments: dict[str, Any]) -> str:
    """As it was promised then: it may have been moved since."""
    promised = _after(event, "promised_on")
    return f" for {long_day(date.fromisoformat(promised))}" if promised else ""


def _changes(event: Any, order: Any) -> list[str]:
    found = differences(event.diff, order.items)
    told = [str(one) for one in found[:MOST_CHANGES]]
    left = len(found) - len(told)
    return [*told, f"{left:,} more"] if left else told


def _short(event: Any, _order: Any, _shipments: dict[str, Any]) -> str:
    missed = sum(planned - found for planned, found in event.diff.get("lines", {}).values())
    return f", {missed:,} short" if missed else ""


def _carried(event: Any, _order: Any, shipments: dict[str, Any]) -> str:
    shipment = shipments.get(_after(event, "shipment"))
    if shipment is None or not shipment.carrier:
        return ""
    return f" with {shipment.carrier}" + (f", {shipment.tracking}" if shipment.tracking else "")


MORE: dict[str, Callable[[Any, Any, dict[str, Any]], str]] = {
    "order.confirmed": _day,
    "order.packed": _short,
    "order.part_shipped": _carried,
    "order.shipped": _carried,
}


def _note(row: Any) -> Event:
    words = "Note, to staff only" if row.what == "internal" else "Note"
    return Event(row.at, words, row.by, row.text, is_minor=True)


def _mail(row: Any) -> Event | None:
    if row.kind not in STATES:
        return None
    words = f"{MAILS.get(row.what, 'Message')} {STATES[row.kind].format(row.text)}"
    return Event(row.at, words, is_minor=True, message_id=row.id)
