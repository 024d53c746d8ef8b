"""The life of one order as its page tells it: who did what and when, what was written, and what was sent."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from app.billing.models import DocumentKind
from app.core.access import Viewer
from app.core.money import money
from app.core.text import long_day
from app.orders.differences import differences
from app.orders.queries.history import history_of

MOST_CHANGES = 6  # of one moment


class Event(NamedTuple):
    """`words` stands strong, `by` follows it; `quote` is what somebody wrote; a mail and a paper have numbers."""

    at: datetime
    words: str
    by: str = ""
    quote: str = ""
    is_minor: bool = False
    message_id: int | None = None
    paper: str = ""
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
    "order.card_started": Told("Card payment begun", is_minor=True, for_buyers=False),
    "order.card_authorised": Told("Card authorised"),
    "order.card_captured": Told("Paid by card"),
    "order.card_refunded": Told("Given back to the card"),
    "order.refund_asked": Told("Refund to the card asked for", is_minor=True, tells_reason=True),
    "order.payment_noted": Told("Card payment", for_buyers=False, tells_reason=True),
    "order.prepaid": Told("Paid by bank transfer"),
    "order.prepayment_taken_back": Told(
        "Payment by bank transfer taken back", is_minor=True, for_buyers=False
    ),
    "order.amended": Told("Changed", tells_changes=True),
    "order.cancelled": Told("Cancelled", tells_reason=True),
    "order.remainder_cancelled": Told("Cancelled what had not left", tells_reason=True, tells_changes=True),
    "order.shipment_opened": Told("Picking begun", is_minor=True, for_buyers=False),
    "order.shipment_put_back": Told("Shipment put back", is_minor=True, for_buyers=False),
    "order.packed": Told("Picked"),
    "order.part_shipped": Told("Part of it shipped"),
    "order.shipped": Told("Shipped"),
    "order.part_delivered": Told("Part of it delivered"),
    "order.invoiced": Told("Invoiced afterwards", is_minor=True),
    "order.delivered": Told("Delivered"),
    "order.return_asked": Told("Asked to send something back"),
    "order.return_approved": Told("Return approved"),
    "order.return_rejected": Told("Return turned down"),
    "order.return_received": Told("Return received"),
    "order.return_closed": Told("Return settled", is_minor=True, tells_reason=True),
    "order.credited": Told("Credit note", tells_reason=True),
    "order.refunded": Told("Refund"),
    "order.message_sent_again": Told("Message sent again", is_minor=True, for_buyers=False),
}
MAILS = {
    "orders.mail_received": "Confirmation of receipt",
    "orders.mail_received_at_desk": "New order",
    "orders.mail_note_at_desk": "Note to the desk",
    "orders.mail_confirmed": "Confirmation",
    "orders.mail_changed": "Change notice",
    "orders.mail_cancelled": "Cancellation",
    "orders.mail_expired": "Cancellation",
    "payments.mail_problem": "Card payment, to the desk",
    "fulfilment.mail_shipped": "Shipping notice",
    "fulfilment.mail_return_asked": "Return asked for",
    "fulfilment.mail_return_decided": "Answer about a return",
    "billing.mail_invoice": "Invoice",
    "billing.mail_credit_note": "Credit note",
    "orders.mail_credited": "Credit note",
}
WAYS_BACK = {"card": "to the card", "account": "as credit on the account", "bank": "by bank"}
STATES = {
    "sent": "sent to {}",
    "kept": "kept, not sent",
    "queued": "waits to be sent",
    "waiting": "could not be sent yet",
    "failed": "could not be sent",
}


def timeline(order: Any, viewer: Viewer, shipments: Sequence[Any], papers: Sequence[Any] = ()) -> list[Event]:
    """The newest first."""
    known = {one.number: one for one in shipments}
    rows = sorted(history_of(order.id, viewer), key=lambda row: (row.at, row.id), reverse=True)
    events = [event for row in rows if (event := _told(row, order, known, viewer))]
    issued = [_issued(paper) for paper in papers if paper.kind == DocumentKind.INVOICE]
    return sorted([*events, *issued], key=lambda event: event.at, reverse=True)


def _issued(paper: Any) -> Event:
    """A credit note has an event of its own."""
    return Event(paper.created_at, f"Invoice {paper.number} issued", is_minor=True, paper=paper.number)


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
    paper = _after(row, "credit_note")
    return Event(row.at, told.words + more, row.by, reason, told.is_minor, paper=paper, changes=changes)


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


def _amount(event: Any, order: Any, _shipments: dict[str, Any]) -> str:
    before, after = event.diff["amount"]
    return f", {money(Decimal(after or before), order.currency)}"


def _credited(event: Any, order: Any, _shipments: dict[str, Any]) -> str:
    total = money(Decimal(_after(event, "total")), order.currency)
    return f" {_after(event, 'credit_note')} of {total}"


def _given_back(event: Any, order: Any, _shipments: dict[str, Any]) -> str:
    amount = money(Decimal(_after(event, "amount")), order.currency)
    return f" of {amount} {WAYS_BACK[_after(event, 'to')]}"


MORE: dict[str, Callable[[Any, Any, dict[str, Any]], str]] = {
    "order.card_started": _amount,
    "order.card_authorised": _amount,
    "order.card_captured": _amount,
    "order.card_refunded": _amount,
    "order.refund_asked": _amount,
    "order.prepaid": _amount,
    "order.prepayment_taken_back": _amount,
    "order.confirmed": _day,
    "order.packed": _short,
    "order.part_shipped": _carried,
    "order.shipped": _carried,
    "order.credited": _credited,
    "order.refunded": _given_back,
}


def _note(row: Any) -> Event:
    words = "Note, to staff only" if row.what == "internal" else "Note"
    return Event(row.at, words, row.by, row.text, is_minor=True)


def _mail(row: Any) -> Event | None:
    if row.kind not in STATES:
        return None
    words = f"{MAILS.get(row.what, 'Message')} {STATES[row.kind].format(row.text)}"
    return Event(row.at, words, is_minor=True, message_id=row.id)
