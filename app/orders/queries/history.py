"""What happened to an order, and what was written about it."""

from collections.abc import Sequence

from sqlalchemy import select

from app.core.access import Viewer
from app.core.audit import AuditEvent
from app.core.database import db
from app.core.errors import NotFound
from app.core.outbox import OutboxMessage
from app.orders.models import Order

TO_THE_DESK = ("orders.mail_received_at_desk", "fulfilment.mail_return_asked")


def events_of(order: Order) -> Sequence[AuditEvent]:
    """The newest first."""
    return db.session.scalars(
        select(AuditEvent)
        .where(AuditEvent.entity == "order", AuditEvent.entity_id == order.id)
        .order_by(AuditEvent.id.desc())
    ).all()


def messages_about(order: Order, viewer: Viewer) -> Sequence[OutboxMessage]:
    """The newest first; those that were not sent yet as well. Buyers see what was written to them."""
    question = select(OutboxMessage).where(OutboxMessage.about == f"order:{order.id}")
    if not viewer.is_staff:
        question = question.where(OutboxMessage.topic.not_in(TO_THE_DESK), OutboxMessage.sent.is_not(None))
    return db.session.scalars(question.order_by(OutboxMessage.id.desc())).all()


def message_about(order: Order, viewer: Viewer, message_id: int) -> OutboxMessage:
    found = next((one for one in messages_about(order, viewer) if one.id == message_id), None)
    if found is None:
        raise NotFound("We cannot find that message.")
    return found
