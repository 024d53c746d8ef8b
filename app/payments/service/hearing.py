"""What the gateway calls to tell us: kept once, and followed by a question, since its news may be old."""

from datetime import datetime

from app.core import outbox
from app.core.transaction import use_case
from app.payments.gateway import Event
from app.payments.queries import events
from app.payments.queries.payments import to_ask_for

NOT_OURS = "We know no such payment."


@use_case
def hear(event: Event, *, at: datetime) -> bool:
    """Whether we know what it is about. The row and what follows from it are one transaction."""
    if not events.keep(event):
        return events.was_processed(event.id)
    if event.ref is None:
        events.note_processed(event.id, at)  # about nothing of ours
        return True
    return _follow(event.id, event.ref, event.our_payment_id, at)


def _follow(event_id: str, ref: str, our_payment_id: int | None, at: datetime) -> bool:
    whose = to_ask_for(our_payment_id, ref)
    if whose is None:
        events.park(event_id, NOT_OURS)
        return False
    outbox.promise("payments.ask", dedupe_key=f"event:{event_id}", payment_id=whose.payment_id, ref=ref)
    events.note_processed(event_id, at)
    return True


@use_case
def hear_parked(*, at: datetime) -> None:
    """What came before we knew what it was about."""
    for event_id, ref in events.parked(at):
        _follow(event_id, ref, None, at)
