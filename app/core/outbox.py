"""Promises: what must happen after the commit, kept in PostgreSQL until it has happened."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Identity,
    Index,
    Interval,
    String,
    Text,
    any_,
    bindparam,
    case,
    delete,
    false,
    func,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Mapped, mapped_column

from app.core.correlation import correlation_id
from app.core.database import Model, db, rows_changed

LEASE = timedelta(seconds=60)
BATCH = 20
# The row decides, not what this session remembers of it.
BY_THE_ROW = {"synchronize_session": False, "populate_existing": True}


class OutboxMessage(Model):
    """One promise. It is due, leased, done, waiting for another try, or dead."""

    __table_args__ = (
        Index(
            "ix_outbox_message_due",
            "topic",
            "not_before",
            postgresql_where=text("done_at IS NULL AND dead_at IS NULL"),
        ),
        Index("ix_outbox_message_dead", "id", postgresql_where=text("dead_at IS NOT NULL")),
        Index("ix_outbox_message_about", "about", postgresql_where=text("about IS NOT NULL")),
        CheckConstraint("done_at IS NULL OR dead_at IS NULL", name="done_or_dead"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    topic: Mapped[str] = mapped_column(String(60))
    dedupe_key: Mapped[str | None] = mapped_column(String(200), unique=True)
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)
    correlation_id: Mapped[str | None] = mapped_column(String(128))
    not_before: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    lease_until: Mapped[datetime | None]
    lease_holder: Mapped[str | None] = mapped_column(String(40))
    last_error: Mapped[str | None] = mapped_column(Text)
    done_at: Mapped[datetime | None]
    dead_at: Mapped[datetime | None]
    # A mail as it was sent, for whoever asks later.
    user_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    sent: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    about: Mapped[str | None] = mapped_column(String(40))

    def __str__(self) -> str:
        return self.topic

    @property
    def state(self) -> str:
        if self.dead_at:
            return "failed"
        if self.done_at:
            return self._state_when_done
        return "waiting" if self.attempts else "queued"

    @property
    def _state_when_done(self) -> str:
        """A mail that had no server to go to was kept here: nobody may believe that it was sent."""
        if self.sent is None:
            return "done"
        return "kept" if self.sent.get("left") is False else "sent"


def promise(
    topic: str,
    *,
    dedupe_key: str | None = None,
    user_id: int | None = None,
    about: str | None = None,
    **payload: Any,
) -> None:
    """Keep this promise once the surrounding transaction commits; never if it does not.

    `user_id` is whom it is for: the job reads it, and it puts the mail among that person's emails.
    `about` names a thing whose page shows what was sent about it, like order:12.
    """
    if user_id is not None:
        payload["user_id"] = user_id
    row = {"topic": topic, "dedupe_key": dedupe_key, "payload": payload, "user_id": user_id, "about": about}
    db.session.execute(
        insert(OutboxMessage)
        .values(**row, correlation_id=correlation_id())
        .on_conflict_do_nothing(index_elements=["dedupe_key"])
    )


def is_due() -> tuple[Any, ...]:
    """The conditions under which a promise may be worked on now."""
    now = func.clock_timestamp()
    return (
        OutboxMessage.done_at.is_(None),
        OutboxMessage.dead_at.is_(None),
        OutboxMessage.not_before <= now,
        func.coalesce(OutboxMessage.lease_until, now) <= now,
    )


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


def forget_done(before: datetime) -> int:
    """Old promises that were kept; the text of a mail stays with the history of whom it went to."""
    return rows_changed(
        delete(OutboxMessage).where(OutboxMessage.done_at < before, OutboxMessage.sent.is_(None))
    )
