"""The house keeps itself in order: forgetting what nobody asks for, and proving the book by night."""

from datetime import timedelta

from app.core import clock, idempotency, outbox, schedules
from app.core.outbox import OutboxMessage
from app.core.transaction import use_case
from app.operations import checks

KEEP_ANSWERS = timedelta(hours=24)
KEEP_HISTORY = timedelta(days=90)


class BookIsWrong(Exception):
    """An invariant does not hold: people must look."""


@use_case
def prune(_message: OutboxMessage) -> None:
    """Answers to repeated requests, promises that were kept, and slots of the clock."""
    now = clock.now()
    idempotency.forget(now - KEEP_ANSWERS)
    outbox.forget_done(now - KEEP_HISTORY)
    schedules.forget(now - KEEP_HISTORY)


def check(_message: OutboxMessage) -> None:
    """A broken invariant ends as a promise that failed, which the administrators see with its reason."""
    broken = [verdict for verdict in checks.run_all() if not verdict.holds]
    if broken:
        raise BookIsWrong("; ".join(f"{verdict.invariant.name}: {verdict.findings[0]}" for verdict in broken))
