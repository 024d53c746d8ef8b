"""Promises: what must happen after the commit, kept in PostgreSQL until it has happened."""

from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Identity,
    Index,
    String,
    Text,
    bindparam,
    delete,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Mapped, mapped_column

from app.core.correlation import correlation_id
from app.core.database import Model, rows_changed
from app.core.questions import Question


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
) -> bool:
    """Keep this promise once the surrounding transaction commits; never if it does not. Whether it is a new one.

    `user_id` is whom it is for: the job reads it, and it puts the mail among that person's emails.
    `about` names a thing whose page shows what was sent about it, like order:12.
    """
    if user_id is not None:
        payload["user_id"] = user_id
    made = _PROMISE.ask(
        topic=topic,
        dedupe_key=dedupe_key,
        payload=Jsonb(payload),
        user_id=user_id,
        about=about,
        correlation_id=correlation_id(),
    )
    return bool(made)


_PROMISED = ("topic", "dedupe_key", "payload", "user_id", "about", "correlation_id")
_PROMISE = Question(
    insert(OutboxMessage)
    .values({name: bindparam(name) for name in _PROMISED} | {"attempts": 0})
    .on_conflict_do_nothing(index_elements=["dedupe_key"])
    .returning(OutboxMessage.id)
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


def forget_done(before: datetime) -> int:
    """Old promises that were kept; the text of a mail stays with the history of whom it went to."""
    return rows_changed(
        delete(OutboxMessage).where(OutboxMessage.done_at < before, OutboxMessage.sent.is_(None))
    )
