"""What every room may ask about promises: which mails went to whom, and how many wait."""

from collections.abc import Sequence

from sqlalchemy import func, select

from app.core.database import db
from app.core.outbox import OutboxMessage

SHOWN_TO_A_PERSON = 50


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


def depth_and_age() -> tuple[int, float, int]:
    """How many wait, how old the oldest due one is in seconds, and how many died."""
    now, waiting = func.clock_timestamp(), OutboxMessage.done_at.is_(None) & OutboxMessage.dead_at.is_(None)
    oldest = func.min(OutboxMessage.not_before).filter(OutboxMessage.not_before <= now)
    # By itself, because each of the two has an index of its own, and the table is mostly what was kept.
    died = select(func.count()).where(OutboxMessage.dead_at.is_not(None)).correlate(None).scalar_subquery()
    row = db.session.execute(
        select(func.count(), func.extract("epoch", now - oldest), died).where(waiting)
    ).one()
    return int(row[0]), float(row[1] or 0), int(row[2])
