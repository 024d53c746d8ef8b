"""Who works on which promise, and for how long: a lease that its holder loses with its life."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Interval, any_, bindparam, case, false, func, select, update

from app.core.database import db
from app.core.outbox import OutboxMessage, is_due

LEASE = timedelta(seconds=60)
BATCH = 20
# The row decides, not what this session remembers of it.
BY_THE_ROW = {"synchronize_session": False, "populate_existing": True}


def due_topics() -> dict[str, int]:
    """How many promises of each topic wait to be worked on, but for topics that rest."""
    now = func.clock_timestamp()
    resting = OutboxMessage.lease_holder.is_(None) & (OutboxMessage.lease_until > now)
    due = func.count().filter(func.coalesce(OutboxMessage.lease_until, now) <= now)
    rows = db.session.execute(
        select(OutboxMessage.topic, due)
        .where(
            OutboxMessage.done_at.is_(None),
            OutboxMessage.dead_at.is_(None),
            OutboxMessage.not_before <= now,
        )
        .group_by(OutboxMessage.topic)
        .having(due > 0, ~func.bool_or(func.coalesce(resting, false())))
    )
    return {topic: count for topic, count in rows}  # noqa: C416 - mypy reads rows as tuples only here


def lease(topic: str, *, holder: str, limit: int = BATCH) -> Sequence[int]:
    """Take some due promises for a minute. Nobody else gets them meanwhile; a dead holder loses them.

    What failed before comes last, so that a promise that kills its worker takes no fresh one with it.
    """
    candidates = (
        select(OutboxMessage.id)
        .where(OutboxMessage.topic == topic, *is_due())
        .order_by(OutboxMessage.attempts, OutboxMessage.not_before, OutboxMessage.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    taken = db.session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.id == any_(func.array(candidates)))  # chosen once; IN may be asked row by row
        .values(lease_until=func.clock_timestamp() + LEASE, lease_holder=holder)
        .returning(OutboxMessage.attempts, OutboxMessage.not_before, OutboxMessage.id)
        .execution_options(**BY_THE_ROW)
    )
    return [int(row.id) for row in sorted(taken)]


def start(message_id: int, *, holder: str, lasting: timedelta = LEASE) -> OutboxMessage | None:
    """Begin the work on one leased promise: it counts as an attempt. None if the lease was lost."""
    this_one = {"message_id": message_id, "holder": holder, "lasting": lasting}
    return db.session.scalars(_start, this_one).one_or_none()


def finish(message_id: int, *, sent: dict[str, Any] | None = None) -> bool:
    """It has happened. True even for whoever lost the lease meanwhile: the next holder must not repeat it."""
    return db.session.scalar(_finish, {"message_id": message_id, "sent": sent}) is not None


# These two run for every promise; built once, they cost half.
_start = (
    update(OutboxMessage)
    .where(
        OutboxMessage.id == bindparam("message_id"),
        OutboxMessage.lease_holder == bindparam("holder"),
        OutboxMessage.lease_until > func.clock_timestamp(),
        OutboxMessage.done_at.is_(None),
    )
    .values(
        attempts=OutboxMessage.attempts + 1,
        lease_until=func.clock_timestamp() + bindparam("lasting", type_=Interval),
    )
    .returning(OutboxMessage)
    .execution_options(**BY_THE_ROW)
)
_finish = (
    update(OutboxMessage)
    .where(OutboxMessage.id == bindparam("message_id"), OutboxMessage.done_at.is_(None))
    .values(
        done_at=func.clock_timestamp(),
        dead_at=None,
        lease_until=None,
        lease_holder=None,
        last_error=None,
        sent=bindparam("sent", type_=OutboxMessage.sent.type),
    )
    .returning(OutboxMessage.id)
    .execution_options(**BY_THE_ROW)
)


def postpone(message_id: int, *, holder: str, error: str, pause: timedelta | None) -> None:
    """Try again after a pause, or give up: a dead promise is shown to people, who may revive it."""
    now = func.clock_timestamp()
    fate = {"dead_at": now} if pause is None else {"not_before": now + pause}
    db.session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.id == message_id, OutboxMessage.lease_holder == holder)
        .values(lease_until=None, lease_holder=None, last_error=error[:2000], **fate)
    )


def release(holder: str) -> None:
    """Hand back what a stopping worker leased and did not start."""
    db.session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.lease_holder == holder, OutboxMessage.done_at.is_(None))
        .values(lease_until=None, lease_holder=None)
    )


def rest(holder: str, *, tried: int, error: str, pause: timedelta) -> None:
    """The other side is away: all that was leased waits a little, and the one that found out lost no try.

    A lease without a holder is what `due_topics` knows a resting topic by. `not_before` stays, because
    the promises are late, and the figures must say so.
    """
    db.session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.lease_holder == holder, OutboxMessage.done_at.is_(None))
        .values(
            attempts=OutboxMessage.attempts - case((OutboxMessage.id == tried, 1), else_=0),
            last_error=error[:2000],
            lease_until=func.clock_timestamp() + pause,
            lease_holder=None,
        )
    )
