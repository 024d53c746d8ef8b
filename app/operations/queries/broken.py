"""The promises that break an invariant: none, as long as all is well."""

from collections.abc import Sequence

from sqlalchemy import String, case, cast, func, literal, select

from app.core.invariants import Finding, findings_of, row_of
from app.core.outbox import OutboxMessage


def mails_sent_twice() -> Sequence[Finding]:
    times = func.count()
    return findings_of(
        select(
            row_of("outbox_message", func.max(OutboxMessage.id)),
            OutboxMessage.dedupe_key + literal(" was sent ") + cast(times, String) + literal(" times"),
        )
        .where(OutboxMessage.sent.is_not(None), OutboxMessage.dedupe_key.is_not(None))
        .group_by(OutboxMessage.dedupe_key)
        .having(times > 1)
    )


def confused_promises() -> Sequence[Finding]:
    is_done, is_dead = OutboxMessage.done_at.is_not(None), OutboxMessage.dead_at.is_not(None)
    wrong = case(
        (is_done & is_dead, "is both kept and given up"),
        (is_done & (OutboxMessage.attempts == 0), "was kept without being worked on"),
        (is_done & OutboxMessage.lease_until.is_not(None), "was kept and is still leased"),
        (is_dead & OutboxMessage.last_error.is_(None), "was given up for no reason"),
        (~is_done & OutboxMessage.sent.is_not(None), "was sent and is not done"),
        else_=None,
    )
    return findings_of(
        select(row_of("outbox_message", OutboxMessage.id), wrong)
        .where(wrong.is_not(None))
        .order_by(OutboxMessage.id)
    )
