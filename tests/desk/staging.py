"""Orders as far along as a test wants them, and a message about one as it was sent."""

from app.core import clock
from app.core.access import SYSTEM
from app.core.database import db
from app.core.outbox import OutboxMessage
from app.fulfilment.service import packing, sending
from app.orders.models import Order
from app.orders.service import moving
from tests import factories

MAIL = {"to": "maya@x.example", "subject": "Order in", "text": "Thank you", "html": "", "message_id": "<1@x>"}
ALONG = ("confirmed", "picking", "packed", "shipped", "delivered")


def at_stage(order: Order, stage: str) -> Order:
    """As far as this, by the house itself; `held` and `cancelled` are off the way."""
    told = {"by": SYSTEM, "at": clock.now()}
    if stage == "held":
        moving.hold(order.number, reason="Ring them first", by=SYSTEM)
    if stage == "cancelled":
        moving.cancel(order.number, reason="Wrong day", **told)
    steps = ALONG[: ALONG.index(stage) + 1] if stage in ALONG else ()
    if "confirmed" in steps:
        moving.confirm(order.number, **told)
    if "picking" in steps:
        shipment = packing.open_shipment(order.number, **told)
    if "packed" in steps:
        packing.pack(shipment.id, **told)
    if "shipped" in steps:
        sending.ship(shipment.id, **told, carrier="Our van", tracking="VAN-7")
    if "delivered" in steps:
        sending.deliver_all(order.number, **told)
    return order


def sent_about(order: Order, topic: str = "orders.mail_received") -> OutboxMessage:
    """The promise of this topic, kept."""
    found = db.session.query(OutboxMessage).filter_by(about=f"order:{order.id}", topic=topic).one()
    found.done_at, found.sent = clock.now(), MAIL
    return factories.saved(found)
