"""Promises as people look for them: by state, by topic, by whom a mail went to."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, or_, select, update

from app.core.access import Permission, Viewer
from app.core.database import db, rows_changed
from app.core.errors import NotFound
from app.core.outbox import OutboxMessage
from app.core.paging import Page, Sort, page_of
from app.core.schedules import ScheduledRun
from app.core.streaming import EveryRow

DONE, DEAD = OutboxMessage.done_at.is_not(None), OutboxMessage.dead_at.is_not(None)
OPEN = ~DONE & ~DEAD
IS_MAIL = OutboxMessage.sent.is_not(None)
SENT_TO, PROMISED_TO = OutboxMessage.sent["to"].astext, OutboxMessage.payload["email"].astext
NEWEST_FIRST = Sort(OutboxMessage.id, OutboxMessage.id, descending=True)
HAS_LEFT = OutboxMessage.sent["left"].as_boolean().is_not(False)
NOBODY = 0  # an API key has no user, and a promise without one is not its own

STATES: dict[str, ColumnElement[bool]] = {
    "queued": OPEN & (OutboxMessage.attempts == 0),
    "waiting": OPEN & (OutboxMessage.attempts > 0),
    "failed": DEAD,
    "sent": DONE & IS_MAIL & HAS_LEFT,
    "kept": DONE & IS_MAIL & ~HAS_LEFT,
    "done": DONE & ~IS_MAIL,
}


class Backlog(NamedTuple):
    """The promises of one topic that are not kept yet."""

    topic: str
    due: int
    later: int
    failed: int
    oldest: datetime | None


def messages_listed(
    *, q: str = "", state: str = "", topic: str = "", after: str | None = None, before: str | None = None
) -> Page[Any]:
    """Newest first."""
    rows = select(OutboxMessage).where(*_conditions(q, state, topic))
    return page_of(rows, NEWEST_FIRST, after=after, before=before)


def every_message(*, q: str, state: str, topic: str) -> EveryRow:
    """The same list, whole, without what the mails say."""
    columns = (
        OutboxMessage.id,
        OutboxMessage.created_at,
        OutboxMessage.topic,
        func.coalesce(SENT_TO, PROMISED_TO).label("address"),
        OutboxMessage.sent["subject"].astext.label("subject"),
        OutboxMessage.attempts,
        OutboxMessage.done_at,
        OutboxMessage.dead_at,
        OutboxMessage.last_error,
    )
    return EveryRow(select(*columns).where(*_conditions(q, state, topic)), NEWEST_FIRST)


def _conditions(q: str, state: str, topic: str) -> list[ColumnElement[bool]]:
    found = []
    if state in STATES:
        found.append(STATES[state])
    if topic:
        found.append(OutboxMessage.topic == topic)
    if q:
        like = f"%{q.replace('%', '').replace('_', '')}%"
        found.append(or_(SENT_TO.ilike(like), PROMISED_TO.ilike(like)))
    return found


def message(message_id: int, *, locked: bool = False) -> OutboxMessage:
    question = select(OutboxMessage).where(OutboxMessage.id == message_id)
    found = db.session.scalars(question.with_for_update() if locked else question).one_or_none()
    if found is None:
        raise NotFound("We cannot find that message.")
    return found


def promise_seen_by(viewer: Viewer, message_id: int) -> OutboxMessage:
    """Whose promise it is, and whoever may look after all of them."""
    question = select(OutboxMessage).where(OutboxMessage.id == message_id)
    if not (viewer.is_staff and viewer.may(Permission.SETTINGS_WRITE)):
        question = question.where(OutboxMessage.user_id == (viewer.user_id or NOBODY))
    found = db.session.scalars(question).one_or_none()
    if found is None:
        raise NotFound("We cannot find that job.")
    return found


def failed_messages(*, locked: bool = False, limit: int = 25) -> Sequence[OutboxMessage]:
    question = select(OutboxMessage).where(DEAD).order_by(OutboxMessage.id).limit(limit)
    return db.session.scalars(question.with_for_update() if locked else question).all()


def revive(message_id: int) -> bool:
    """A person asks for another try of a promise that died."""
    revived = rows_changed(
        update(OutboxMessage)
        .where(OutboxMessage.id == message_id, OutboxMessage.dead_at.is_not(None))
        .values(dead_at=None, attempts=0, not_before=func.clock_timestamp(), lease_until=None)
    )
    return revived == 1


def backlog_by_topic() -> Sequence[Backlog]:
    due = OPEN & (OutboxMessage.not_before <= func.clock_timestamp())
    rows = db.session.execute(
        select(
            OutboxMessage.topic,
            func.count().filter(due),
            func.count().filter(OPEN & ~due),
            func.count().filter(DEAD),
            func.min(OutboxMessage.not_before).filter(due),
        )
        .where(OPEN | DEAD)  # two small indexes; what was kept is most of the table
        .group_by(OutboxMessage.topic)
        .order_by(OutboxMessage.topic)
    )
    return [Backlog(*row) for row in rows]


def last_runs() -> dict[str, datetime]:
    """When each periodic job was last handed to the outbox."""
    rows = db.session.execute(
        select(ScheduledRun.job, func.max(ScheduledRun.slot)).group_by(ScheduledRun.job)
    )
    return {job: slot for job, slot in rows}  # noqa: C416 - mypy reads rows as tuples only here
