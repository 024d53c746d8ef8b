"""What people ask about promises: what was sent to whom, what waits, what died; and another try."""

from collections.abc import Sequence

from sqlalchemy import func, select, update

from app.core.access import Permission, Viewer
from app.core.database import db, rows_changed
from app.core.errors import NotFound
from app.core.outbox import OutboxMessage

SHOWN_TO_A_PERSON = 50
NOBODY = 0  # an API key has no user, and a promise without one is not its own


def mails_to(user_id: int, *, limit: int = SHOWN_TO_A_PERSON) -> Sequence[OutboxMessage]:
    """The last mails we sent this person, as they were sent."""
    return db.session.scalars(
        select(OutboxMessage)
        .where(OutboxMessage.user_id == user_id, OutboxMessage.sent.is_not(None))
        .order_by(OutboxMessage.id.desc())
        .limit(limit)
    ).all()


def mail_to(user_id: int, message_id: int) -> OutboxMessage | None:
    return db.session.scalars(
        select(OutboxMessage).where(
            OutboxMessage.id == message_id,
            OutboxMessage.user_id == user_id,
            OutboxMessage.sent.is_not(None),
        )
    ).one_or_none()


def promise_seen_by(viewer: Viewer, message_id: int) -> OutboxMessage:
    """Whose promise it is, and whoever may look after all of them."""
    question = select(OutboxMessage).where(OutboxMessage.id == message_id)
    if not (viewer.is_staff and viewer.may(Permission.SETTINGS_WRITE)):
        question = question.where(OutboxMessage.user_id == (viewer.user_id or NOBODY))
    found = db.session.scalars(question).one_or_none()
    if found is None:
        raise NotFound("We cannot find that job.")
    return found


def revive(message_id: int) -> bool:
    """A person asks for another try of a promise that died."""
    revived = rows_changed(
        update(OutboxMessage)
        .where(OutboxMessage.id == message_id, OutboxMessage.dead_at.is_not(None))
        .values(dead_at=None, attempts=0, not_before=func.clock_timestamp(), lease_until=None)
    )
    return revived == 1


def depth_and_age() -> tuple[int, float, int]:
    """How many wait, how old the oldest due one is in seconds, and how many died."""
    waiting = OutboxMessage.done_at.is_(None) & OutboxMessage.dead_at.is_(None)
    overdue = waiting & (OutboxMessage.not_before <= func.clock_timestamp())
    oldest = func.min(OutboxMessage.not_before).filter(overdue)
    row = db.session.execute(
        select(
            func.count().filter(waiting),
            func.extract("epoch", func.clock_timestamp() - oldest),
            func.count().filter(OutboxMessage.dead_at.is_not(None)),
        ).where(OutboxMessage.done_at.is_(None))
    ).one()
    return int(row[0]), float(row[1] or 0), int(row[2])
