"""A message about an order that went out is made once more."""

from app.core import audit, outbox
from app.core.access import Viewer
from app.core.errors import Refused
from app.core.tokens import new_token
from app.core.transaction import use_case
from app.orders.queries.history import message_about
from app.orders.queries.orders import order_seen_by


@use_case
def send_again(number: int, message_id: int, *, by: Viewer) -> None:
    """A promise of its own, with a key of its own: the first message stays as it was sent."""
    order = order_seen_by(by, number)
    found = message_about(order, by, message_id)
    if found.sent is None:
        raise Refused("Only a message that was sent can be sent again.")
    outbox.promise(
        found.topic,
        dedupe_key=f"again:{found.id}:{new_token()[:16]}",
        about=found.about,
        **found.payload | {"user_id": found.user_id},
    )
    audit.record("order.message_sent_again", order, by=by, diff={"message": [None, found.sent["subject"]]})
