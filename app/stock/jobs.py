"""Looking for what runs low, and telling those who look after stock."""

from datetime import datetime

from app.accounts.queries import people
from app.core import clock
from app.core.mail import Mail
from app.core.outbox import OutboxMessage
from app.stock import service
from app.stock.queries import low
from app.web.mails import address_of, compose

MOST_NAMED = 30


def notice_low(_message: OutboxMessage) -> None:
    service.notice_low(at=clock.now())


def mail_low(message: OutboxMessage) -> Mail | None:
    """As it is now: what came in meanwhile is left out, and when all of it did, so is the mail."""
    person = people.person(message.payload["user_id"])
    items = low.noticed_low(datetime.fromisoformat(message.payload["noticed_at"]))
    if person is None or person.deleted_at or not person.is_active or not items:
        return None
    link = address_of("stock_admin.stock", standing="low")
    return compose("stock/low", to=person.email, message=message, items=items, most=MOST_NAMED, link=link)
