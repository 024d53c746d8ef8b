"""What the gateway told us."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from app.core.database import db
from app.payments.gateway import Event
from app.payments.models import GatewayEvent
from app.payments.queries.payments import FOLLOWED_FOR, MOST_AT_ONCE


def keep(event: Event) -> bool:
    """Whether it is new. Its twin waits here until we have committed."""
    told = {"id": event.id, "type": event.type[:80], "gateway_ref": event.ref, "raw": event.raw}
    new = insert(GatewayEvent).values(told).on_conflict_do_nothing(index_elements=["id"])
    return db.session.scalar(new.returning(GatewayEvent.id)) is not None


def was_processed(event_id: str) -> bool:
    question = select(GatewayEvent.processed_at.is_not(None)).where(GatewayEvent.id == event_id)
    return bool(db.session.scalar(question))


def note_processed(event_id: str, at: datetime) -> None:
    db.session.execute(
        update(GatewayEvent).where(GatewayEvent.id == event_id).values(processed_at=at, problem="")
    )


def park(event_id: str, problem: str) -> None:
    db.session.execute(update(GatewayEvent).where(GatewayEvent.id == event_id).values(problem=problem))


def parked(at: datetime) -> Sequence[tuple[str, str]]:
    rows = db.session.execute(
        select(GatewayEvent.id, GatewayEvent.gateway_ref)
        .where(GatewayEvent.processed_at.is_(None), GatewayEvent.received_at > at - FOLLOWED_FOR)
        .order_by(GatewayEvent.received_at)
        .limit(MOST_AT_ONCE)
    )
    return [(row.id, row.gateway_ref or "") for row in rows]
